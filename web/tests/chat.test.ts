import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backoff } from "../shared/backoff";
import { MemoryStore } from "../shared/store";
import { Chat, type ChatView } from "../widget/chat";
import { BOT, FakeSocket, message, openFake, welcome } from "./fake-socket";

let local: MemoryStore;
let tab: MemoryStore;
let view: ChatView;
let chat: Chat;
let posted: unknown[];
let validTokens: Set<string>;

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

const request: typeof fetch = (_url, init) => {
  const { token } = JSON.parse(String(init?.body)) as { token?: string };
  posted.push(token ?? null);
  if (token && !validTokens.has(token)) {
    return Promise.resolve(answer({ error: { code: "not_authenticated", message: "", detail: "" } }, 401));
  }
  const given = token ?? `t${posted.length}`;
  validTokens.add(given);
  return Promise.resolve(
    answer({
      token: given,
      conversation: "c1",
      title: "客服",
      greeting: "您好",
      quick_replies: [{ title: "退货" }],
    }),
  );
};

function newChat(): Chat {
  let count = 0;
  return new Chat({
    server: "https://shop.example",
    local,
    tab,
    request,
    onChange: (changed) => (view = changed),
    socket: { open: openFake, backoff: new Backoff(500, 1000, () => 1) },
    newId: () => `id${FakeSocket.opened.length}-${(count += 1)}`,
  });
}

async function online(...messages: Parameters<typeof welcome>): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(1000);
  FakeSocket.latest.accept();
  FakeSocket.latest.say(welcome(...messages));
  return FakeSocket.latest;
}

const texts = (): string[] => view.entries.map((entry) => entry.text);
const deliveries = (): string[] => view.entries.map((entry) => entry.delivery);

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.opened = [];
  local = new MemoryStore();
  tab = new MemoryStore();
  posted = [];
  validTokens = new Set();
  chat = newChat();
  view = chat.view();
});
afterEach(() => {
  chat.stop();
  vi.useRealTimers();
});

describe("resume", () => {
  it("opens a session once and resumes after the last seen seq", async () => {
    chat.start();
    const first = await online([message(1), message(2)]);
    expect(first.url).toBe("wss://shop.example/api/widget/socket");
    expect(first.of("hello")).toEqual([{ type: "hello", token: "t1", after: 0 }]);
    first.say({ type: "message", message: message(3) });
    first.break();
    const second = await online([message(4)]);
    expect(second.of("hello")).toEqual([{ type: "hello", token: "t1", after: 3 }]);
    expect(view.entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4]);
    expect(posted).toEqual([null]);
  });

  it("asks for further pages until there are no more", async () => {
    chat.start();
    const line = await online([message(1), message(2)], { more: true });
    expect(line.of("hello").at(-1)).toMatchObject({ after: 2 });
    line.say(welcome([message(3)]));
    expect(view.entries).toHaveLength(3);
  });

  it("says hello again on a gap and keeps the early message", async () => {
    chat.start();
    const line = await online([message(1)]);
    line.say({ type: "message", message: message(4) });
    expect(line.of("hello").at(-1)).toMatchObject({ after: 1 });
    expect(view.entries).toHaveLength(1);
    line.say(welcome([message(2), message(3)]));
    expect(view.entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4]);
  });

  it("shows a repeated message once", async () => {
    chat.start();
    const line = await online([message(1)]);
    line.say({ type: "message", message: message(1) });
    expect(view.entries).toHaveLength(1);
  });

  it("brings the kept token back, and drops one that is refused", async () => {
    local.setItem("bot.token", "old");
    expect(chat.returning).toBe(true);
    chat.start();
    await online();
    expect(posted).toEqual(["old", null]);
    expect(local.getItem("bot.token")).toBe("t2");
  });

  it("starts a new conversation when the socket refuses the token", async () => {
    chat.start();
    const line = await online([message(1)]);
    line.say({ type: "error", error: { code: "not_authenticated", message: "登录已失效", detail: "" } });
    const next = await online([], { conversation: "c2" });
    expect(next.of("hello")).toEqual([{ type: "hello", token: "t2", after: 0 }]);
    expect(view.entries).toEqual([]);
  });
});

describe("sending", () => {
  it("shows the message at once and reconciles the echo by client id, before or after the ack", async () => {
    chat.start();
    const line = await online();
    chat.say("退款多久到账");
    expect(deliveries()).toEqual(["sending"]);
    const id = line.of("message")[0]?.client_id ?? "";
    const key = view.entries[0]?.key;
    line.say({
      type: "message",
      message: message(1, { sender: "customer", text: "退款多久到账", client_id: id }),
    });
    expect(deliveries()).toEqual(["delivered"]);
    expect(view.entries[0]?.key).toBe(key);
    line.say({ type: "ack", client_id: id, seq: 1 });
    chat.say("第二条");
    const second = line.of("message")[1]?.client_id ?? "";
    line.say({ type: "ack", client_id: second, seq: 2 });
    expect(deliveries()).toEqual(["delivered", "stored"]);
    line.say({
      type: "message",
      message: message(2, { sender: "customer", text: "第二条", client_id: second }),
    });
    expect(texts()).toEqual(["退款多久到账", "第二条"]);
    expect(deliveries()).toEqual(["delivered", "delivered"]);
  });

  it("keeps messages while offline and sends them in order, once, after welcome", async () => {
    chat.start();
    (await online()).break();
    chat.say("甲");
    chat.say("乙");
    expect(deliveries()).toEqual(["queued", "queued"]);
    const line = await online();
    expect(line.of("message").map((frame) => frame.text)).toEqual(["甲", "乙"]);
  });

  it("repeats what was in doubt with the same client id, and not what the server already has", async () => {
    chat.start();
    const first = await online();
    chat.say("甲");
    chat.say("乙");
    const [a, b] = first.of("message").map((frame) => frame.client_id);
    first.break();
    const line = await online([message(1, { sender: "customer", text: "甲", client_id: a ?? null })]);
    expect(line.of("message").map((frame) => frame.client_id)).toEqual([b]);
    expect(texts()).toEqual(["甲", "乙"]);
  });

  it("waits for the last page before it repeats anything", async () => {
    chat.start();
    (await online()).break();
    chat.say("甲");
    const line = await online([message(1)], { more: true });
    expect(line.of("message")).toEqual([]);
    line.say(welcome([message(2)]));
    expect(line.of("message")).toHaveLength(1);
  });

  it("keeps the outbox over a reload of the page", async () => {
    chat.start();
    (await online()).break();
    chat.say("甲");
    chat.stop();
    chat = newChat();
    chat.start();
    const line = await online();
    expect(line.of("message").map((frame) => frame.text)).toEqual(["甲"]);
  });

  it("reconnects when a message is not acknowledged", async () => {
    chat.start();
    const line = await online();
    chat.say("甲");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(FakeSocket.latest).not.toBe(line);
  });

  it("marks a refused message and sends it again on request", async () => {
    chat.start();
    const line = await online();
    chat.say("甲");
    const id = line.of("message")[0]?.client_id ?? "";
    const error = { code: "too_many_requests", message: "您发送得太快了", detail: "" };
    line.say({ type: "error", client_id: id, error });
    expect(view.entries[0]).toMatchObject({
      delivery: "failed",
      problem: "您发送得太快了",
      resendable: true,
    });
    chat.resend(id);
    expect(line.of("message").map((frame) => frame.client_id)).toEqual([id, id]);
    line.say({ type: "error", client_id: id, error: { ...error, code: "message_too_long" } });
    expect(view.entries[0]).toMatchObject({ delivery: "failed", resendable: false });
    chat.discard(id);
    expect(view.entries).toEqual([]);
  });

  it("leaves a refused message where it was refused", async () => {
    chat.start();
    const line = await online([message(1)]);
    chat.say("太快");
    const id = line.of("message")[0]?.client_id ?? "";
    line.say({ type: "error", client_id: id, error: { code: "too_many_requests", message: "", detail: "" } });
    chat.say("正常");
    line.say({ type: "message", message: message(2) });
    expect(texts()).toEqual(["第 1 条", "太快", "第 2 条", "正常"]);
  });

  it("shows an error of no message as a notice until the next message", async () => {
    chat.start();
    const line = await online();
    line.say({ type: "error", error: { code: "part_unavailable", message: "系统暂时繁忙", detail: "" } });
    expect(view.notice).toBe("系统暂时繁忙");
    chat.say("甲");
    expect(view.notice).toBeNull();
  });
});

describe("buttons", () => {
  const buttons = [
    { id: "b1", title: "退货流程", kind: "choice" as const },
    { id: "b2", title: "换货流程", kind: "choice" as const },
  ];

  it("sends the click with the message it belongs to and marks the button", async () => {
    chat.start();
    const line = await online([message(1, { buttons })]);
    const [, button] = buttons;
    chat.choose(1, button ?? { id: "", title: "", kind: "choice" });
    expect(line.of("choice")).toMatchObject([{ of: 1, choice: "b2" }]);
    expect(view.entries.map((entry) => [entry.text, entry.chosen])).toEqual([
      ["第 1 条", "b2"],
      ["换货流程", null],
    ]);
  });

  it("knows the chosen button after a reload", async () => {
    chat.start();
    await online([message(1, { buttons }), message(2, { sender: "customer", text: "退货流程" })]);
    expect(view.entries[0]?.chosen).toBe("b1");
  });

  it("asks for a human", async () => {
    chat.start();
    const line = await online();
    chat.askForHuman();
    expect(line.of("human")).toHaveLength(1);
    line.say({ type: "status", status: { owner: "queue", agent: null, ticket: "T20261121-0001", ahead: 2 } });
    expect(view.status).toMatchObject({ owner: "queue", ahead: 2 });
  });
});

describe("reading and typing", () => {
  it("counts what others said and was not read, and remembers it over a reload", async () => {
    chat.start();
    const line = await online([
      message(1),
      message(2, { sender: "customer" }),
      message(3, { sender: "agent" }),
    ]);
    expect(view.unread).toBe(2);
    chat.read();
    expect(view.unread).toBe(0);
    expect(line.of("read")).toEqual([{ type: "read", seq: 3 }]);
    chat.read();
    expect(line.of("read")).toHaveLength(1);
    chat.stop();
    chat = newChat();
    chat.start();
    await online([message(1), message(2, { sender: "customer" }), message(3), message(4)]);
    expect(view.unread).toBe(1);
  });

  it("shows typing until the message comes, or the sign is too old", async () => {
    chat.start();
    const line = await online();
    line.say({ type: "typing", who: "bot", on: true });
    expect(view.typing).toBe("bot");
    line.say({ type: "message", message: message(1) });
    expect(view.typing).toBeNull();
    line.say({ type: "typing", who: "agent", on: true });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(view.typing).toBeNull();
  });

  it("tells of typing at most once a second", async () => {
    chat.start();
    const line = await online();
    chat.isTyping();
    chat.isTyping();
    await vi.advanceTimersByTimeAsync(900);
    chat.isTyping();
    expect(line.of("typing")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    chat.isTyping();
    expect(line.of("typing")).toHaveLength(2);
  });

  it("starts with the bot as owner", () => {
    expect(view.status).toEqual(BOT);
    expect(chat.returning).toBe(false);
  });
});
