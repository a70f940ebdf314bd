import { clientId } from "../shared/client-id";
import type { Button, Message, Outgoing, ServerFrame, Status } from "../shared/protocol";
import { Socket, type SocketOptions, type SocketState } from "../shared/socket";
import type { Store } from "../shared/store";
import { pendingEntry, withOneQuestion, type Entry } from "./entry";
import { Outbox } from "./outbox";
import { Ratings } from "./ratings";
import { Session } from "./session";
import { Transcript } from "./transcript";

/** All that the window shows, as one immutable value. */
export interface ChatView {
  title: string | null;
  greeting: string | null;
  quickReplies: readonly string[];
  connection: SocketState;
  status: Status;
  entries: readonly Entry[];
  typing: "bot" | "agent" | null;
  unread: number;
  /** Chinese sentence of an error that belongs to no message. */
  notice: string | null;
}

export interface ChatOptions {
  /** Origin of the service, such as https://shop.example. */
  server: string;
  /** The host site's signed word on who is there; see Session. */
  identity?: string | null;
  /** Kept for ever: token, last read seq. */
  local: Store;
  /** Kept for this tab: messages that are still to be sent. */
  tab: Store;
  onChange: (view: ChatView) => void;
  request?: typeof fetch;
  socket?: Pick<SocketOptions, "backoff" | "open">;
  newId?: () => string;
}

const READ_KEY = "bot.read";
const ACK_MS = 15_000;
/** A typing sign whose end got lost goes away by itself. */
const TYPING_MS = 20_000;
const TYPING_EVERY_MS = 1_500;

/** The conversation of this browser with the shop: what was said, what waits, who answers. */
export class Chat {
  private readonly session: Session;
  private readonly transcript = new Transcript();
  private readonly outbox: Outbox;
  private readonly socket: Socket;
  private readonly clicked = new Map<number, string>();
  private readonly ratings = new Ratings();
  private conversation: string | null = null;
  private connection: SocketState = { name: "closed" };
  private status: Status = { owner: "bot", agent: null, ticket: null, ahead: null };
  private typing: "bot" | "agent" | null = null;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private ackTimer: ReturnType<typeof setTimeout> | undefined;
  private notice: string | null = null;
  private readSeq: number;
  private toldRead = 0;
  private toldTyping = 0;
  /** From the loss of the connection, or of a message, to the last page of `welcome`. */
  private catchingUp = false;
  /** Live messages that came ahead of the pages of `welcome`. */
  private early: Message[] = [];

  constructor(private readonly options: ChatOptions) {
    this.session = new Session(options.server, options.local, options.request, options.identity);
    this.outbox = new Outbox(options.tab);
    this.readSeq = Number(options.local.getItem(READ_KEY)) || 0;
    this.socket = new Socket({
      ...options.socket,
      url: `${options.server.replace(/^http/, "ws")}/api/widget/socket`,
      hello: async () => ({ token: (await this.session.open()).token, after: this.transcript.last }),
      onFrame: (frame) => this.receive(frame),
      onState: (state) => this.connectionChanged(state),
    });
  }

  /** Whether there is a conversation to come back to, so that unread messages can be counted. */
  get returning(): boolean {
    return this.session.known;
  }

  start(): void {
    this.socket.open();
  }

  stop(): void {
    clearTimeout(this.ackTimer);
    clearTimeout(this.typingTimer);
    this.socket.close();
  }

  reconnect(): void {
    this.socket.hurry();
  }

  say(text: string): void {
    this.post({ type: "message", client_id: this.newId(), text }, text);
  }

  choose(seq: number, button: Button): void {
    this.clicked.set(seq, button.id);
    this.post({ type: "choice", client_id: this.newId(), of: seq, choice: button.id }, button.title);
  }

  /** 没解决 is a message like one that is typed, 有帮助 is a silent word. */
  rate(seq: number, helpful: boolean): void {
    const rating = this.ratings.give({ type: "feedback", client_id: this.newId(), of: seq, helpful });
    if (rating) {
      this.post(rating, "没解决");
    } else {
      this.flush();
    }
  }

  askForHuman(): void {
    this.post({ type: "human", client_id: this.newId() }, "转人工");
  }

  resend(clientId: string): void {
    this.outbox.retry(clientId);
    this.flush();
  }

  discard(clientId: string): void {
    this.outbox.remove(clientId);
    this.changed();
  }

  dismissNotice(): void {
    this.notice = null;
    this.changed();
  }

  isTyping(): void {
    const now = Date.now();
    if (now - this.toldTyping >= TYPING_EVERY_MS && this.socket.send({ type: "typing" })) {
      this.toldTyping = now;
    }
  }

  /** Everything in the transcript has been on the screen. */
  read(): void {
    const seq = this.transcript.last;
    if (seq > this.readSeq) {
      this.readSeq = seq;
      this.options.local.setItem(READ_KEY, String(seq));
      this.changed();
    }
    if (seq > this.toldRead && this.socket.send({ type: "read", seq })) {
      this.toldRead = seq;
    }
  }

  view(): ChatView {
    const session = this.session.current;
    return {
      title: session?.title ?? null,
      greeting: session?.greeting ?? null,
      quickReplies: session?.quick_replies.map((reply) => reply.title) ?? [],
      connection: this.connection,
      status: this.status,
      entries: this.entries(),
      typing: this.typing,
      unread: this.transcript.messages.filter((m) => m.seq > this.readSeq && m.sender !== "customer").length,
      notice: this.notice,
    };
  }

  private entries(): Entry[] {
    const { items } = this.outbox;
    const entries: Entry[] = [];
    let next = 0;
    for (const message of this.transcript.messages) {
      // Refused ones stay where they were refused; they are in order, as refusals are.
      for (; next < items.length && (items[next]?.failedAfter ?? Infinity) < message.seq; next += 1) {
        entries.push(...items.slice(next, next + 1).map(pendingEntry));
      }
      entries.push(this.knownEntry(message));
    }
    return withOneQuestion([...entries, ...items.slice(next).map(pendingEntry)]);
  }

  private knownEntry(message: Message): Entry {
    return {
      ...message,
      key: message.client_id ?? `seq-${message.seq}`,
      chosen: message.buttons.length
        ? (this.clicked.get(message.seq) ?? this.transcript.chosen(message.seq))
        : null,
      feedback: this.ratings.about(message),
      delivery: "delivered",
      problem: null,
      resendable: false,
    };
  }

  private post(frame: Outgoing, text: string): void {
    this.notice = null;
    this.toldTyping = 0;
    this.outbox.add(frame, text, new Date());
    this.flush();
  }

  private flush(): void {
    if (!this.catchingUp) {
      this.outbox.flush((frame) => this.socket.send(frame));
      this.ratings.flush((frame) => this.socket.send(frame));
      this.watchAcks();
    }
    this.changed();
  }

  private watchAcks(): void {
    clearTimeout(this.ackTimer);
    if (this.catchingUp || this.outbox.items.some((item) => item.delivery === "sending")) {
      this.ackTimer = setTimeout(() => this.socket.restart(), ACK_MS);
    }
  }

  private connectionChanged(state: SocketState): void {
    this.connection = state;
    if (state.name !== "online") {
      clearTimeout(this.ackTimer);
      this.outbox.requeue();
      this.ratings.requeue();
      this.typing = null;
      this.toldRead = 0;
      this.catchingUp = true;
      this.early = [];
    }
    this.changed();
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.welcomed(frame);
      case "message":
        this.take(frame.message);
        return this.settle();
      case "ack":
        if (frame.seq === null) {
          this.outbox.remove(frame.client_id);
        } else {
          this.outbox.acknowledged(frame.client_id);
        }
        this.watchAcks();
        return this.settle();
      case "status":
        this.status = frame.status;
        return this.changed();
      case "feedback":
        this.ratings.confirmed(frame.of, frame.helpful);
        return this.changed();
      case "typing":
        return this.showTyping(frame.on ? frame.who : null);
      case "error":
        return this.refused(frame);
      case "pong":
        return;
    }
  }

  private take(message: Message): void {
    if (this.transcript.accept(message) === "gap") {
      this.early.push(message);
      if (!this.catchingUp) {
        this.catchUp();
      }
    }
  }

  private welcomed(frame: Extract<ServerFrame, { type: "welcome" }>): void {
    if (this.conversation !== null && this.conversation !== frame.conversation) {
      this.startOver();
    }
    this.conversation = frame.conversation;
    this.status = frame.status;
    this.transcript.resume(frame.messages);
    if (frame.more && frame.messages.length > 0) {
      this.catchUp();
      return;
    }
    this.catchingUp = false;
    this.early.splice(0).forEach((message) => this.take(message));
    if (this.readSeq > this.transcript.last) {
      // The stored position belongs to an earlier conversation.
      this.readSeq = 0;
    }
    this.settle();
    this.flush();
  }

  private startOver(): void {
    this.transcript.clear();
    this.clicked.clear();
    this.ratings.clear();
    this.readSeq = 0;
  }

  private catchUp(): void {
    const session = this.session.current;
    if (session) {
      this.catchingUp = true;
      this.socket.send({ type: "hello", token: session.token, after: this.transcript.last });
      this.watchAcks();
    }
  }

  private refused(frame: Extract<ServerFrame, { type: "error" }>): void {
    if (frame.client_id) {
      this.outbox.failed(frame.client_id, frame.error, this.transcript.last);
      this.ratings.refused(frame.client_id);
      this.watchAcks();
    } else if (frame.error.code === "not_authenticated") {
      this.session.forget();
      this.startOver();
      this.socket.restart();
    } else {
      this.notice = frame.error.message;
    }
    this.changed();
  }

  /** Own messages whose echo has come leave the outbox. */
  private settle(): void {
    const echoed = new Set(this.transcript.messages.map((message) => message.client_id));
    for (const item of this.outbox.items) {
      if (echoed.has(item.frame.client_id)) {
        this.outbox.remove(item.frame.client_id);
      }
    }
    const last = this.transcript.messages.at(-1);
    if (this.typing && last?.sender === this.typing) {
      this.typing = null;
    }
    this.watchAcks();
    this.changed();
  }

  private showTyping(who: "bot" | "agent" | null): void {
    clearTimeout(this.typingTimer);
    this.typing = who;
    if (who) {
      this.typingTimer = setTimeout(() => this.showTyping(null), TYPING_MS);
    }
    this.changed();
  }

  private newId(): string {
    return this.options.newId?.() ?? clientId();
  }

  private changed(): void {
    this.options.onChange(this.view());
  }
}
