import type { Message } from "../shared/protocol";

/** The messages that the server has numbered, in order and without gaps. */
export class Transcript {
  private list: Message[] = [];

  get messages(): readonly Message[] {
    return this.list;
  }

  /** The last seen seq, 0 before the first message: what `hello` calls `after`. */
  get last(): number {
    return this.list.at(-1)?.seq ?? 0;
  }

  /** Append the next message; a repeated one changes nothing, and one after a gap is not taken. */
  accept(message: Message): "appended" | "duplicate" | "gap" {
    if (message.seq <= this.last) {
      return "duplicate";
    }
    if (this.list.length > 0 && message.seq > this.last + 1) {
      return "gap";
    }
    if (this.list.length === 0 && message.seq !== 1) {
      return "gap";
    }
    this.list = [...this.list, message];
    return "appended";
  }

  /**
   * Append a page of `welcome`. What the server sends there is all there is after the last seq, so a hole in
   * the numbers is the server's and not a loss.
   */
  resume(messages: readonly Message[]): void {
    const fresh = messages.filter((message) => message.seq > this.last);
    this.list = [...this.list, ...fresh.sort((a, b) => a.seq - b.seq)];
  }

  clear(): void {
    this.list = [];
  }

  /** The button that was chosen in message `seq`, by what the customer said next; null when none was. */
  chosen(seq: number): string | null {
    const asked = this.list.find((message) => message.seq === seq);
    const said = this.list.find((message) => message.seq > seq && message.sender === "customer");
    return asked?.buttons.find((button) => button.title === said?.text)?.id ?? null;
  }
}
