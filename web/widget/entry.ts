import type { Button, Feedback, Link, Sender } from "../shared/protocol";
import type { Delivery, Pending } from "./outbox";

const FINAL = new Set(["message_empty", "message_too_long", "unknown_choice", "invalid_input", "forbidden"]);

/** One line of the window: a numbered message, or one of the customer's own on its way. */
export interface Entry {
  /** The same before and after the echo, so that the line stays in place. */
  key: string;
  seq: number | null;
  sender: Sender;
  text: string;
  rich: string | null;
  images: Link[];
  buttons: Button[];
  links: Link[];
  agent: string | null;
  at: string;
  /** Id of the button that was clicked. */
  chosen: string | null;
  feedback: Feedback | null;
  delivery: Delivery | "delivered";
  /** Chinese sentence about why it failed. */
  problem: string | null;
  /** Whether sending the same again can succeed. */
  resendable: boolean;
}

/** A line of what the customer sent and the server has not echoed yet. */
export function pendingEntry(item: Pending): Entry {
  return {
    key: item.frame.client_id,
    seq: null,
    sender: "customer",
    text: item.text,
    rich: null,
    images: [],
    buttons: [],
    links: [],
    agent: null,
    at: item.at,
    chosen: null,
    feedback: null,
    delivery: item.delivery,
    problem: item.error?.message ?? null,
    resendable: item.delivery === "failed" && !FINAL.has(item.error?.code ?? ""),
  };
}

/** Who goes on has nothing to say about an earlier answer: it is not asked any more whether it helped. */
export function withOneQuestion(entries: readonly Entry[]): Entry[] {
  const said = entries.findLastIndex((entry) => entry.sender === "customer");
  return entries.map((entry, place) =>
    entry.feedback === "open" && place < said ? { ...entry, feedback: null } : entry,
  );
}
