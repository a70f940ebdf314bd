import { duration } from "../shared/clock";
import type { Ticket } from "./protocol";

export interface Remaining {
  text: string;
  level: "calm" | "soon" | "overdue";
}

const SOON_MS = 10 * 60_000;

/** How long is left to answer; null once the ticket is resolved or when it has no deadline. */
export function remaining(ticket: Ticket, now: number): Remaining | null {
  if (ticket.state !== "open" || !ticket.deadline) {
    return null;
  }
  const left = new Date(ticket.deadline).getTime() - now;
  if (left < 0) {
    return { text: `已超时 ${duration(left)}`, level: "overdue" };
  }
  return { text: `剩余 ${duration(left)}`, level: left < SOON_MS ? "soon" : "calm" };
}

const RANK = { urgent: 0, high: 1, normal: 2 } as const;

/** Most pressing first: overdue, then by priority, then by deadline; resolved ones latest first. */
export function byUrgency(now: number): (a: Ticket, b: Ticket) => number {
  return (a, b) => {
    if (a.state === "resolved" || b.state === "resolved") {
      return (b.resolved_at ?? "").localeCompare(a.resolved_at ?? "");
    }
    const due = (ticket: Ticket) => (ticket.deadline ? new Date(ticket.deadline).getTime() : Infinity);
    const late = Number(due(b) < now) - Number(due(a) < now);
    return late || RANK[a.priority] - RANK[b.priority] || due(a) - due(b);
  };
}
