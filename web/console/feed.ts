import { Backoff } from "../shared/backoff";
import type { ConsoleEvent } from "./protocol";

export type FeedState = "connecting" | "live" | "broken";

export interface FeedOptions {
  onEvent: (event: ConsoleEvent) => void;
  onState: (state: FeedState) => void;
  /** Called whenever the feed is up: what happened before is not in it, or may be incomplete. */
  onUp: () => void;
  /** Called when the server closed the feed for good, so that a lost session can be noticed. */
  onRefused: () => void;
  backoff?: Backoff;
  /** The browser's EventSource unless told otherwise. */
  open?: (url: string) => EventSource;
}

const KINDS = ["message.created", "conversation.changed", "ticket.created", "ticket.changed", "typing"];

/** The live feed: resumes after the last event that was seen, however often the connection breaks. */
export class Feed {
  private source: EventSource | null = null;
  private last: number | null = null;
  private broken = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff: Backoff;

  constructor(private readonly options: FeedOptions) {
    this.backoff = options.backoff ?? new Backoff(1000, 15_000);
  }

  start(): void {
    this.stop();
    const open = this.options.open ?? ((url: string) => new EventSource(url));
    const source = open(`/api/console/events${this.last === null ? "" : `?after=${this.last}`}`);
    this.source = source;
    this.options.onState(this.broken ? "broken" : "connecting");
    source.onopen = () => {
      this.backoff.reset();
      this.options.onState("live");
      this.broken = false;
      this.options.onUp();
    };
    source.onerror = () => this.interrupted(source);
    const receive = (event: MessageEvent<string>) => this.receive(event.data);
    source.onmessage = receive;
    for (const kind of KINDS) {
      source.addEventListener(kind, receive);
    }
  }

  stop(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  }

  private interrupted(source: EventSource): void {
    if (source !== this.source) {
      return;
    }
    this.broken = true;
    this.options.onState("broken");
    // The browser itself only retries a connection that broke, and without end; a refusal is final for it.
    if (source.readyState === 2) {
      this.options.onRefused();
    }
    source.close();
    this.retry = setTimeout(() => this.start(), this.backoff.next());
  }

  private receive(data: string): void {
    const event = JSON.parse(data) as ConsoleEvent;
    if (event.id !== null && event.id !== undefined) {
      if (this.last !== null && event.id <= this.last) {
        return;
      }
      this.last = event.id;
    }
    this.options.onEvent(event);
  }
}
