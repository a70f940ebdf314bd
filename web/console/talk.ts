import { reactive } from "vue";
import { clientId } from "../shared/client-id";
import { sentence, type Api } from "./api";
import type { Conversation, ConsoleEvent, Ticket, TracedMessage } from "./protocol";

export interface PendingReply {
  clientId: string;
  text: string;
  at: string;
  /** Chinese sentence; null while it is on its way. */
  problem: string | null;
}

/** A typing sign whose end got lost goes away by itself. */
const TYPING_MS = 5000;
const TYPING_EVERY_MS = 2500;
/** Several messages of one turn arrive together: their traces are fetched once. */
const TRACE_MS = 600;

/** The conversation in the middle: all its messages, the agent's replies on their way, its tickets. */
export class Talk {
  readonly state = reactive({
    id: null as string | null,
    conversation: null as Conversation | null,
    messages: [] as TracedMessage[],
    tickets: [] as Ticket[],
    pending: [] as PendingReply[],
    drafts: {} as Record<string, string>,
    customerTyping: false,
    loading: false,
    problem: null as string | null,
  });
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private traceTimer: ReturnType<typeof setTimeout> | undefined;
  private toldTyping = 0;

  constructor(private readonly api: Pick<Api, "conversation" | "take" | "reply" | "typing" | "resolve">) {}

  async open(id: string | null): Promise<void> {
    if (id === this.state.id) {
      return;
    }
    Object.assign(this.state, {
      id,
      conversation: null,
      messages: [],
      tickets: [],
      pending: [],
      customerTyping: false,
      problem: null,
    });
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const id = this.state.id;
    if (id === null) {
      return;
    }
    this.state.loading = true;
    try {
      const detail = await this.api.conversation(id);
      if (id === this.state.id) {
        Object.assign(this.state, detail, { problem: null });
        this.dropEchoed();
      }
    } catch (problem) {
      if (id === this.state.id) {
        this.state.problem = sentence(problem);
      }
    } finally {
      if (id === this.state.id) {
        this.state.loading = false;
      }
    }
  }

  apply(event: ConsoleEvent): void {
    if (event.conversation !== this.state.id) {
      return;
    }
    switch (event.kind) {
      case "message.created":
        return this.receive(event.data);
      case "conversation.changed":
        this.state.conversation = event.data;
        return;
      case "ticket.created":
      case "ticket.changed":
        this.placeTicket(event.data);
        return;
      case "typing":
        if (event.data.who === "customer") {
          this.showTyping(event.data.on);
        }
    }
  }

  /** Rejects with ApiError `taken` when another agent was faster. */
  async take(): Promise<void> {
    const id = this.state.id;
    if (id !== null) {
      const { conversation } = await this.api.take(id);
      this.accept(conversation);
    }
  }

  async resolve(note: string): Promise<void> {
    const id = this.state.id;
    if (id !== null) {
      const { conversation } = await this.api.resolve(id, note);
      this.accept(conversation);
      await this.refresh();
    }
  }

  async reply(text: string): Promise<void> {
    const pending = { clientId: clientId(), text, at: new Date().toISOString(), problem: null };
    this.state.pending.push(pending);
    this.stopTyping();
    await this.deliver(pending.clientId);
  }

  /** Send a failed reply again; its client id makes that harmless if it did arrive. */
  async deliver(id: string): Promise<void> {
    const conversation = this.state.id;
    const pending = this.state.pending.find((item) => item.clientId === id);
    if (conversation === null || !pending) {
      return;
    }
    pending.problem = null;
    try {
      const { message } = await this.api.reply(conversation, id, pending.text);
      if (conversation === this.state.id) {
        this.receive(message);
        this.discard(id);
      }
    } catch (problem) {
      pending.problem = sentence(problem);
    }
  }

  discard(id: string): void {
    this.state.pending = this.state.pending.filter((item) => item.clientId !== id);
  }

  /** The agent types into the reply box; told to the customer now and then. */
  typing(): void {
    const now = Date.now();
    if (this.state.id !== null && this.state.conversation?.owner === "human") {
      if (now - this.toldTyping >= TYPING_EVERY_MS) {
        this.toldTyping = now;
        this.tellTyping(this.state.id, true);
      }
    }
  }

  stopTyping(): void {
    if (this.state.id !== null && this.toldTyping > 0) {
      this.toldTyping = 0;
      this.tellTyping(this.state.id, false);
    }
  }

  private tellTyping(id: string, on: boolean): void {
    // A typing sign that gets lost is not worth a word.
    this.api.typing(id, on).catch(() => undefined);
  }

  private receive(message: TracedMessage): void {
    const known = this.state.messages.find((item) => item.seq === message.seq);
    if (known) {
      Object.assign(known, message, { trace: message.trace ?? known.trace ?? null });
    } else {
      const last = this.state.messages.at(-1)?.seq ?? 0;
      this.state.messages.push(message);
      if (message.seq !== last + 1 && this.state.messages.length > 1) {
        void this.refresh();
      }
    }
    if (message.sender === "customer") {
      this.showTyping(false);
    }
    if (message.sender === "bot" && message.trace === undefined) {
      clearTimeout(this.traceTimer);
      this.traceTimer = setTimeout(() => void this.refresh(), TRACE_MS);
    }
    this.dropEchoed();
  }

  private dropEchoed(): void {
    const echoed = new Set(this.state.messages.map((message) => message.client_id));
    this.state.pending = this.state.pending.filter((item) => !echoed.has(item.clientId));
  }

  private accept(conversation: Conversation): void {
    if (conversation.id === this.state.id) {
      this.state.conversation = conversation;
    }
  }

  private placeTicket(ticket: Ticket): void {
    const index = this.state.tickets.findIndex((item) => item.number === ticket.number);
    if (index < 0) {
      this.state.tickets.push(ticket);
    } else {
      this.state.tickets[index] = ticket;
    }
  }

  private showTyping(on: boolean): void {
    clearTimeout(this.typingTimer);
    this.state.customerTyping = on;
    if (on) {
      this.typingTimer = setTimeout(() => (this.state.customerTyping = false), TYPING_MS);
    }
  }
}
