import type { Outgoing, ServiceError } from "../shared/protocol";
import type { Store } from "../shared/store";

/** `stored`: the server has it, its echo has not come yet. */
export type Delivery = "queued" | "sending" | "stored" | "failed";

export interface Pending {
  frame: Outgoing;
  /** What the customer sees in the meantime: the text, or the button's title. */
  text: string;
  /** ISO 8601. */
  at: string;
  delivery: Delivery;
  error: ServiceError | null;
  /** The last seq when it failed: there it stays in the window while the conversation goes on. */
  failedAfter: number | null;
}

const KEY = "bot.outbox";

/** What the customer sent and the server has not echoed yet, in order, kept over a reload of the page. */
export class Outbox {
  private list: Pending[];

  constructor(private readonly store: Store) {
    this.list = read(store).map((item) =>
      // Nobody knows whether it arrived before the reload; repeating a client id is harmless.
      item.delivery === "failed" ? item : { ...item, delivery: "queued" },
    );
  }

  get items(): readonly Pending[] {
    return this.list;
  }

  add(frame: Outgoing, text: string, at: Date): void {
    this.replace([
      ...this.list,
      { frame, text, at: at.toISOString(), delivery: "queued", error: null, failedAfter: null },
    ]);
  }

  /** Send all that waits, oldest first, for as long as `send` takes it. */
  flush(send: (frame: Outgoing) => boolean): void {
    for (const item of this.list) {
      if (item.delivery === "queued") {
        if (!send(item.frame)) {
          return;
        }
        this.update(item.frame.client_id, { delivery: "sending" });
      }
    }
  }

  /** The connection broke: what was on its way is in doubt and is sent again. */
  requeue(): void {
    this.replace(
      this.list.map((item) => (item.delivery === "sending" ? { ...item, delivery: "queued" } : item)),
    );
  }

  acknowledged(clientId: string): void {
    this.update(clientId, { delivery: "stored", error: null });
  }

  failed(clientId: string, error: ServiceError, last: number): void {
    this.update(clientId, { delivery: "failed", error, failedAfter: last });
  }

  retry(clientId: string): void {
    this.update(clientId, { delivery: "queued", error: null, failedAfter: null });
  }

  /** Its echo is in the transcript, or the customer discarded it. */
  remove(clientId: string): void {
    if (this.list.some((item) => item.frame.client_id === clientId)) {
      this.replace(this.list.filter((item) => item.frame.client_id !== clientId));
    }
  }

  private update(clientId: string, change: Partial<Pending>): void {
    this.replace(
      this.list.map((item) => (item.frame.client_id === clientId ? { ...item, ...change } : item)),
    );
  }

  private replace(list: Pending[]): void {
    this.list = list;
    try {
      this.store.setItem(KEY, JSON.stringify(list));
    } catch {
      // A full storage loses the copy for a reload; the message itself is still sent from memory.
    }
  }
}

function read(store: Store): Pending[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? (kept as Pending[]).filter((item) => item.frame.client_id) : [];
  } catch {
    return [];
  }
}
