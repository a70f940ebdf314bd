import type { Trace, TracedMessage } from "./protocol";

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
