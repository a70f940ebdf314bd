import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../console/api";
import { byUrgency, remaining } from "../console/deadline";
import { Inbox } from "../console/inbox";
import type { Conversation, ConversationDetail, Ticket, Trace } from "../console/protocol";
import { Talk } from "../console/talk";
import { ticketOf, traces } from "../console/turn";
import { message } from "./fake-socket";

const NOW = Date.parse("2026-11-21T10:00:00+00:00");

function ticket(number: string, change: Partial<Ticket> = {}): Ticket {
  return {
    number,
    state: "open",
    reason: "requested",
    reason_text: "客户明确要求人工客服。",
    priority: "normal",
    category: null,
    summary: "诉求：退款",
    emotion: null,
    tried: [],
    fields: {},
    conversation: "c1",
    episode: 1,
    assignee: null,
    created_at: "2026-11-21T09:00:00+00:00",
    deadline: "2026-11-21T11:00:00+00:00",
    resolved_at: null,
    note: null,
    ...change,
  };
}

function conversation(id: string, change: Partial<Conversation> = {}): Conversation {
  return {
    id,
    channel: "web",
    customer: "访客",
    owner: "bot",
    agent: null,
    episode: 1,
    ticket: null,
    last_message: null,
    unread: 0,
    updated_at: "2026-11-21T10:00:00+00:00",
    customer_online: true,
    ...change,
  };
}

const event = { id: 1, at: "2026-11-21T10:00:00+00:00" };

describe("deadline", () => {
  it("counts down and says when it is overdue", () => {
    expect(remaining(ticket("a"), NOW)).toEqual({ text: "剩余 1 小时", level: "calm" });
    expect(remaining(ticket("a", { deadline: "2026-11-21T10:05:00+00:00" }), NOW)?.level).toBe("soon");
    expect(remaining(ticket("a", { deadline: "2026-11-21T09:30:00+00:00" }), NOW)).toEqual({
      text: "已超时 30 分钟",
      level: "overdue",
    });
    expect(remaining(ticket("a", { state: "resolved" }), NOW)).toBeNull();
  });

  it("puts the overdue first, then priority, then the earlier deadline", () => {
    const sorted = [
      ticket("normal"),
      ticket("late", { deadline: "2026-11-21T09:59:00+00:00" }),
      ticket("urgent-later", { priority: "urgent", deadline: "2026-11-21T12:00:00+00:00" }),
      ticket("urgent", { priority: "urgent" }),
    ].sort(byUrgency(NOW));
    expect(sorted.map((item) => item.number)).toEqual(["late", "urgent", "urgent-later", "normal"]);
  });
});

describe("Inbox", () => {
  const api = {
    tickets: vi.fn().mockResolvedValue({ tickets: [ticket("a")], more: false }),
    conversations: vi.fn().mockResolvedValue({ conversations: [conversation("c1")], more: false }),
  };

  it("moves a ticket from open to resolved", async () => {
    const inbox = new Inbox(api);
    await inbox.refresh();
    inbox.apply({
      ...event,
      conversation: "c1",
      kind: "ticket.changed",
      data: ticket("a", { state: "resolved" }),
    });
    expect(inbox.state.open.items).toEqual([]);
    expect(inbox.state.resolved.items.map((item) => item.number)).toEqual(["a"]);
  });

  it("keeps only conversations of the chosen owner, latest first", async () => {
    const inbox = new Inbox(api);
    await inbox.refresh();
    inbox.state.ownerFilter = "queue";
    inbox.placeConversation(conversation("c1"));
    expect(inbox.state.conversations.items).toEqual([]);
    inbox.placeConversation(conversation("c2", { owner: "queue" }));
    inbox.placeConversation(conversation("c3", { owner: "queue", updated_at: "2026-11-21T11:00:00+00:00" }));
    expect(inbox.state.conversations.items.map((item) => item.id)).toEqual(["c3", "c2"]);
  });

  it("says what went wrong", async () => {
    const inbox = new Inbox({ ...api, tickets: () => Promise.reject(new TypeError("fetch failed")) });
    await inbox.refresh();
    expect(inbox.state.open.problem).toContain("网络连接失败");
  });
});

describe("Talk", () => {
  let detail: ConversationDetail;
  const api = {
    conversation: vi.fn(() => Promise.resolve(structuredClone(detail))),
    take: vi.fn(),
    reply: vi.fn(),
    typing: vi.fn().mockResolvedValue({}),
    resolve: vi.fn(),
  };

  beforeEach(() => {
    vi.useFakeTimers();
    detail = { conversation: conversation("c1"), messages: [message(1), message(2)], tickets: [] };
  });
  afterEach(() => {
    vi.clearAllMocks();
    vi.useRealTimers();
  });

  it("shows a reply at once and replaces it by its echo, in either order", async () => {
    const talk = new Talk(api);
    await talk.open("c1");
    let arrive: (answer: unknown) => void = () => undefined;
    api.reply.mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
    const sending = talk.reply("您好");
    const id = talk.state.pending[0]?.clientId ?? "";
    const echo = message(3, { sender: "agent", text: "您好", client_id: id });
    talk.apply({ ...event, conversation: "c1", kind: "message.created", data: echo });
    expect(talk.state.pending).toEqual([]);
    arrive({ message: echo });
    await sending;
    expect(talk.state.messages.map((item) => item.seq)).toEqual([1, 2, 3]);
  });

  it("keeps a failed reply and sends it again with the same client id", async () => {
    const talk = new Talk(api);
    await talk.open("c1");
    api.reply.mockRejectedValueOnce(new ApiError(409, "taken", "该会话已由其他客服接待。"));
    await talk.reply("您好");
    const [pending] = talk.state.pending;
    expect(pending?.problem).toBe("该会话已由其他客服接待。");
    api.reply.mockResolvedValueOnce({
      message: message(3, { sender: "agent", client_id: pending?.clientId ?? "" }),
    });
    await talk.deliver(pending?.clientId ?? "");
    expect(api.reply.mock.calls.map((call) => call[1])).toEqual([pending?.clientId, pending?.clientId]);
    expect(talk.state.pending).toEqual([]);
  });

  it("loads the conversation again after a gap", async () => {
    const talk = new Talk(api);
    await talk.open("c1");
    detail.messages = [1, 2, 3, 4].map((seq) => message(seq, { sender: "customer" }));
    talk.apply({
      ...event,
      conversation: "c1",
      kind: "message.created",
      data: message(4, { sender: "customer" }),
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(talk.state.messages.map((item) => item.seq)).toEqual([1, 2, 3, 4]);
  });

  it("fetches the traces once after the bot's replies", async () => {
    const talk = new Talk(api);
    await talk.open("c1");
    for (const seq of [3, 4]) {
      talk.apply({ ...event, conversation: "c1", kind: "message.created", data: message(seq) });
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(api.conversation).toHaveBeenCalledTimes(2);
  });

  it("ignores what belongs to other conversations", async () => {
    const talk = new Talk(api);
    await talk.open("c1");
    talk.apply({ ...event, conversation: "c2", kind: "message.created", data: message(3) });
    expect(talk.state.messages).toHaveLength(2);
  });
});

describe("traces", () => {
  const trace = { decision: "answer" } as Trace;

  it("puts a trace under the reply that it explains", () => {
    const customer = message(1, { sender: "customer" });
    expect([...traces([{ ...customer, trace }, message(2)]).keys()]).toEqual([2]);
    expect([...traces([customer, { ...message(2), trace }]).keys()]).toEqual([2]);
    expect([...traces([{ ...customer, trace }]).keys()]).toEqual([1]);
  });
});

describe("the ticket of an answer", () => {
  const tickets = [
    ticket("T2", { created_at: "2026-11-21T09:30:00+00:00" }),
    ticket("T1", { created_at: "2026-11-20T09:30:00+00:00" }),
  ];

  it("is the newest one before it, and nobody else's words have one", () => {
    const said = message(5, { sender: "agent", at: "2026-11-21T09:31:00.250+00:00" });
    expect(ticketOf(tickets, said)).toBe("T2");
    expect(ticketOf(tickets, { ...said, at: "2026-11-21T09:29:00+00:00" })).toBe("T1");
    expect(ticketOf([], said)).toBeNull();
    expect(ticketOf(tickets, { ...said, sender: "customer" })).toBeNull();
  });
});
