import type { Ticket, Trace, TracedMessage } from "./protocol";

/**
 * Under which message each trace is offered: the reply that it explains, or the customer's message itself when
 * the bot said nothing. The server attaches a trace to either side of the turn.
 */
export function traces(messages: readonly TracedMessage[]): Map<number, Trace> {
  const found = new Map<number, Trace>();
  messages.forEach((message, index) => {
    if (message.trace) {
      const next = messages[index + 1];
      const replied = message.sender === "customer" && next && ["bot", "system"].includes(next.sender);
      found.set(replied ? next.seq : message.seq, message.trace);
    }
  });
  return found;
}

/** The ticket in which an agent said this; null for what others said. Every talk with a human has a ticket. */
export function ticketOf(tickets: readonly Ticket[], message: TracedMessage): string | null {
  const said = new Date(message.at).getTime();
  const before = tickets.filter((ticket) => new Date(ticket.created_at).getTime() <= said);
  const newest = before.sort((a, b) => a.created_at.localeCompare(b.created_at)).at(-1);
  return message.sender === "agent" ? (newest?.number ?? null) : null;
}
