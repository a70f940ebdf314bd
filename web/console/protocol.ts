import type { Message, Owner, Sender } from "../shared/protocol";

/** The console's part of docs/protocol.md. */

export interface Agent {
  name: string;
  display_name: string;
  role: string;
}

/** Whether the person looks after what the bot knows and how it decides. */
export function maintains(agent: Agent): boolean {
  return agent.role === "admin" || agent.role === "maintainer";
}

export interface SignedIn {
  agent: Agent;
  csrf: string;
  must_change_password: boolean;
}

export type Priority = "urgent" | "high" | "normal";

export interface Emotion {
  label: string;
  /** 0..1 */
  intensity: number;
  risk: string | null;
  cues: string[];
}

export interface Ticket {
  number: string;
  state: "open" | "resolved";
  reason: string;
  reason_text: string;
  priority: Priority;
  category: string | null;
  summary: string;
  emotion: Emotion | null;
  tried: string[];
  /** What the customer gave for this ticket; masked unless it is the agent's own. */
  fields: Record<string, string>;
  conversation: string;
  episode: number;
  assignee: string | null;
  created_at: string;
  deadline: string | null;
  resolved_at: string | null;
  note: string | null;
}

export interface Conversation {
  id: string;
  channel: string;
  customer: string;
  owner: Owner;
  agent: string | null;
  episode: number;
  ticket: string | number | null;
  last_message: { sender: Sender; text: string; at: string } | null;
  unread: number;
  updated_at: string;
  customer_online: boolean;
}

export interface Candidate {
  entry: string;
  question: string;
  /** 0..1, calibrated. */
  probability: number;
  score: number;
}

export interface Trace {
  intent: { name: string; confidence: number } | null;
  entities: { entity?: string; value?: unknown }[];
  emotion: Emotion | null;
  decision: string;
  entry: string | null;
  probability: number | null;
  in_scope: number | null;
  candidates: Candidate[];
  /** How the question was read where not as typed; turns of earlier versions do not have it. */
  understood?: string[];
  /** Entries that answer the message's further questions. */
  also?: string[];
  actions: string[];
  active_loop: string | null;
  handoff: { reason: string; ticket: string | null } | null;
  timings_ms: Record<string, number>;
  release: string | null;
  error?: string | null;
}

export type TracedMessage = Message & { trace?: Trace | null };

export interface ConversationDetail {
  conversation: Conversation;
  messages: TracedMessage[];
  tickets: Ticket[];
}

export type ConsoleEvent = { id: number | null; conversation: string; at: string } & (
  | { kind: "message.created"; data: TracedMessage }
  | { kind: "conversation.changed"; data: Conversation }
  | { kind: "ticket.created" | "ticket.changed"; data: Ticket }
  | { kind: "typing"; data: { who: Sender; on: boolean } }
);
