import { Backoff } from "./backoff";
import type { ClientFrame, ServerFrame } from "./protocol";

/** `waiting` means that the next attempt starts at `retryAt` (milliseconds since the epoch). */
export type SocketState =
  { name: "closed" } | { name: "connecting" } | { name: "online" } | { name: "waiting"; retryAt: number };

export interface SocketOptions {
  /** ws: or wss: address. */
  url: string;
  /** Gives the token and the last seen seq for the first frame; a rejection counts as a failed attempt. */
  hello: () => Promise<{ token: string; after: number }>;
  onFrame: (frame: ServerFrame) => void;
  onState: (state: SocketState) => void;
  backoff?: Backoff;
  /** The browser's WebSocket unless told otherwise. */
  open?: (url: string) => WebSocket;
}

/** How long `hello` may go without `welcome`, and `ping` without any frame. */
const ANSWER_MS = 10_000;
/** Silence after which the connection is probed; below the usual 60 s of proxies. */
const SILENCE_MS = 25_000;

/**
 * One WebSocket that is kept up until `close`: says hello, probes a silent line, and comes back with growing
 * pauses. It is `online` from the first `welcome`; only then does `send` take anything but `hello`.
 */
export class Socket {
  private state: SocketState = { name: "closed" };
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff: Backoff;

  constructor(private readonly options: SocketOptions) {
    this.backoff = options.backoff ?? new Backoff();
  }

  open(): void {
    if (this.state.name === "closed") {
      void this.connect();
    }
  }

  close(): void {
    this.drop();
    this.change({ name: "closed" });
  }

  /** Try again now, without waiting for the pause to end; for "the network is back" and the retry button. */
  hurry(): void {
    if (this.state.name === "waiting") {
      this.backoff.reset();
      void this.connect();
    } else if (this.state.name === "online") {
      this.probe();
    }
  }

  /** Give this connection up and open another: what was sent on it is in doubt. */
  restart(): void {
    if (this.state.name === "online") {
      void this.connect();
    }
  }

  /** False when the frame was not sent because the connection is not up. */
  send(frame: ClientFrame): boolean {
    if (this.state.name !== "online" || this.socket?.readyState !== 1) {
      return false;
    }
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private async connect(): Promise<void> {
    this.drop();
    const attempt = this.attempt;
    this.change({ name: "connecting" });
    let hello;
    try {
      hello = await this.options.hello();
    } catch {
      if (attempt === this.attempt) {
        this.fail();
      }
      return;
    }
    if (attempt !== this.attempt) {
      return;
    }
    const open = this.options.open ?? ((url: string) => new WebSocket(url));
    const socket = open(this.options.url);
    this.socket = socket;
    this.expect(ANSWER_MS, () => this.fail());
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", ...hello } satisfies ClientFrame));
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (attempt === this.attempt) {
        this.receive(String(event.data));
      }
    };
    socket.onclose = () => {
      if (attempt === this.attempt) {
        this.fail();
      }
    };
  }

  private receive(data: string): void {
    const frame = JSON.parse(data) as ServerFrame;
    if (frame.type === "welcome" && this.state.name !== "online") {
      this.backoff.reset();
      this.change({ name: "online" });
    }
    if (this.state.name === "online") {
      this.expect(SILENCE_MS, () => this.probe());
    }
    this.options.onFrame(frame);
  }

  private probe(): void {
    this.send({ type: "ping" });
    this.expect(ANSWER_MS, () => this.fail());
  }

  private expect(ms: number, otherwise: () => void): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(otherwise, ms);
  }

  private fail(): void {
    this.drop();
    const pause = this.backoff.next();
    this.change({ name: "waiting", retryAt: Date.now() + pause });
    this.retry = setTimeout(() => void this.connect(), pause);
  }

  private drop(): void {
    this.attempt += 1;
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    this.socket?.close();
    this.socket = null;
  }

  private change(state: SocketState): void {
    this.state = state;
    this.options.onState(state);
  }
}
