import type { ClientFrame, Feedback, Message } from "../shared/protocol";

type Rating = Extract<ClientFrame, { type: "feedback" }>;

/** What the customer said about answers here, and what of it the server has not confirmed yet. */
export class Ratings {
  private readonly given = new Map<number, boolean>();
  private waiting: Rating[] = [];
  private readonly sent = new Set<Rating>();

  /** What may be or was said about a message. */
  about(message: Message): Feedback | null {
    const helpful = this.given.get(message.seq);
    return helpful === undefined ? message.feedback : helpful ? "helpful" : "unhelpful";
  }

  /** Takes one word on each answer. Returns what is to be posted as a message: 没解决; 有帮助 is silent. */
  give(rating: Rating): Rating | null {
    if (this.given.has(rating.of)) {
      return null;
    }
    this.given.set(rating.of, rating.helpful);
    if (!rating.helpful) {
      return rating;
    }
    this.waiting = [...this.waiting, rating];
    return null;
  }

  /** Send what was not sent yet, for as long as `send` takes it. */
  flush(send: (frame: Rating) => boolean): void {
    for (const rating of this.waiting.filter((one) => !this.sent.has(one))) {
      if (!send(rating)) {
        return;
      }
      this.sent.add(rating);
    }
  }

  /** The connection broke: what is not confirmed is sent again, and the server takes it once. */
  requeue(): void {
    this.sent.clear();
  }

  /** The word that stands, from whichever window it came. */
  confirmed(of: number, helpful: boolean): void {
    this.given.set(of, helpful);
    this.waiting = this.waiting.filter((rating) => rating.of !== of);
  }

  /** The server does not take it. */
  refused(clientId: string): void {
    this.waiting = this.waiting.filter((rating) => rating.client_id !== clientId);
  }

  clear(): void {
    this.given.clear();
    this.waiting = [];
  }
}
