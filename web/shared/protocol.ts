/** The frames and bodies of docs/protocol.md, as the browser sees them. */

export type Sender = "customer" | "bot" | "agent" | "system";
export type Owner = "bot" | "queue" | "human";
/** What may be or was said about an answer. */
export type Feedback = "open" | "helpful" | "unhelpful";

export interface Button {
  id: string;
  title: string;
  kind: "choice" | "human";
}

export interface Link {
  title: string;
  url: string;
}

export interface Message {
  /** Position in the conversation, from 1 without gaps. */
  seq: number;
  sender: Sender;
  text: string;
  /** The text in Markdown, if there is such a form. */
  rich: string | null;
  /** Pictures below the text. */
  images: Link[];
  buttons: Button[];
  links: Link[];
  agent: string | null;
  client_id: string | null;
  /** Null for all but an FAQ answer. */
  feedback: Feedback | null;
  /** ISO 8601 with offset. */
  at: string;
}

export interface Status {
  owner: Owner;
  agent: string | null;
  ticket: string | number | null;
  /** Customers before this one in the queue. */
  ahead: number | null;
}

export interface ServiceError {
  code: string;
  /** Chinese, for a person. */
  message: string;
  /** English, for the developer. */
  detail: string;
  /** What is wrong with single fields of a form, in Chinese. */
  fields?: Record<string, string>;
}

export interface WidgetSession {
  token: string;
  conversation: string;
  /** Whether the host site's word on who is there was taken. */
  known: boolean;
  title: string;
  greeting: string;
  quick_replies: { title: string }[];
}

/** What a customer can send that is answered with `ack` or `error`. */
export type Outgoing =
  | { type: "message"; client_id: string; text: string }
  | { type: "choice"; client_id: string; of: number; choice: string }
  | { type: "human"; client_id: string }
  | { type: "feedback"; client_id: string; of: number; helpful: boolean };

export type ClientFrame =
  | Outgoing
  | { type: "hello"; token: string; after: number }
  | { type: "typing" }
  | { type: "read"; seq: number }
  | { type: "ping" };

export type ServerFrame =
  | { type: "welcome"; conversation: string; status: Status; messages: Message[]; more: boolean }
  /** Without `seq`: it is stored and is no message. */
  | { type: "ack"; client_id: string; seq: number | null }
  | { type: "message"; message: Message }
  | { type: "status"; status: Status }
  | { type: "feedback"; of: number; helpful: boolean }
  | { type: "typing"; who: "bot" | "agent"; on: boolean }
  | { type: "error"; client_id?: string | null; error: ServiceError }
  | { type: "pong" };

/** Longest text of one message, in characters (code points). */
export const MESSAGE_LIMIT = 2000;
