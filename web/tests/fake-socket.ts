import type { ClientFrame, Message, ServerFrame, Status } from "../shared/protocol";

/** The browser's end of a WebSocket whose server is the test. */
export class FakeSocket {
  static opened: FakeSocket[] = [];

  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: ClientFrame[] = [];

  constructor(readonly url: string) {
    FakeSocket.opened.push(this);
  }

  static get latest(): FakeSocket {
    const socket = FakeSocket.opened.at(-1);
    if (!socket) {
      throw new Error("no socket was opened");
    }
    return socket;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientFrame);
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The network broke, or the server went away. */
  break(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  of<Type extends ClientFrame["type"]>(type: Type): Extract<ClientFrame, { type: Type }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { type: Type }> => frame.type === type);
  }
}

export const openFake = (url: string): WebSocket => new FakeSocket(url) as unknown as WebSocket;

export const BOT: Status = { owner: "bot", agent: null, ticket: null, ahead: null };

export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    seq,
    sender: "bot",
    text: `第 ${seq} 条`,
    rich: null,
    images: [],
    buttons: [],
    links: [],
    agent: null,
    client_id: null,
    feedback: null,
    at: "2026-11-21T10:00:00+00:00",
    ...change,
  };
}

export function welcome(
  messages: Message[] = [],
  change: Partial<Extract<ServerFrame, { type: "welcome" }>> = {},
): ServerFrame {
  return { type: "welcome", conversation: "c1", status: BOT, messages, more: false, ...change };
}
