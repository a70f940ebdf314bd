import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backoff } from "../shared/backoff";
import type { Message } from "../shared/protocol";
import { MemoryStore } from "../shared/store";
import { Chat, type ChatView } from "../widget/chat";
import { FakeSocket, message, openFake, welcome } from "./fake-socket";

let view: ChatView;
let chat: Chat;
let tab: MemoryStore;

const session = {
  token: "t1",
  conversation: "c1",
  known: false,
  title: "客服",
  greeting: "您好",
  quick_replies: [],
};
const request: typeof fetch = () => Promise.resolve(new Response(JSON.stringify(session)));
const ANSWER = message(2, { text: "七天内可退。", feedback: "open" });
const ASKED = message(1, { sender: "customer", text: "怎么退货" });

function open(): void {
  let count = 0;
  chat = new Chat({
    server: "https://shop.example",
    local: new MemoryStore(),
    tab,
    request,
    onChange: (changed) => (view = changed),
    socket: { open: openFake, backoff: new Backoff(500, 1000, () => 1) },
    newId: () => `id${(count += 1)}`,
  });
  chat.start();
}

async function online(...messages: Message[]): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(1000);
  FakeSocket.latest.accept();
  FakeSocket.latest.say(welcome(messages));
  return FakeSocket.latest;
}

const shown = (): (string | null)[] => view.entries.map((entry) => entry.feedback);

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.opened = [];
  tab = new MemoryStore();
  open();
});
afterEach(() => {
  chat.stop();
  vi.useRealTimers();
});

describe("feedback", () => {
  it("is asked for under the answer that was given last", async () => {
    const line = await online(ASKED, ANSWER);
    expect(shown()).toEqual([null, "open"]);
    line.say({ type: "message", message: message(3, { sender: "customer", text: "运费呢" }) });
    line.say({ type: "message", message: message(4, { feedback: "open" }) });
    expect(shown()).toEqual([null, null, null, "open"]);
  });

  it("says silently and once that it helped", async () => {
    const line = await online(ASKED, ANSWER);
    chat.rate(2, true);
    chat.rate(2, false);
    expect(line.of("feedback")).toEqual([{ type: "feedback", client_id: "id1", of: 2, helpful: true }]);
    expect(shown()).toEqual([null, "helpful"]);
    expect(view.entries).toHaveLength(2);
  });

  it("sends the word again until it is confirmed", async () => {
    const first = await online(ASKED, ANSWER);
    chat.rate(2, true);
    first.break();
    const second = await online();
    expect(second.of("feedback")).toHaveLength(1);
    second.say({ type: "feedback", of: 2, helpful: true });
    second.break();
    const third = await online();
    expect(third.of("feedback")).toEqual([]);
    expect(shown()).toEqual([null, "helpful"]);
  });

  it("makes 没解决 a message of the customer that survives a reload", async () => {
    await online(ASKED, ANSWER);
    FakeSocket.latest.break();
    chat.rate(2, false);
    expect(view.entries.at(-1)).toMatchObject({ sender: "customer", text: "没解决", delivery: "queued" });
    chat.stop();
    open();
    const line = await online(ASKED, ANSWER);
    expect(line.of("feedback")).toEqual([{ type: "feedback", client_id: "id1", of: 2, helpful: false }]);
    line.say({ type: "ack", client_id: "id1", seq: 3 });
    line.say({ type: "feedback", of: 2, helpful: false });
    line.say({
      type: "message",
      message: message(3, { sender: "customer", text: "没解决", client_id: "id1" }),
    });
    expect(shown()).toEqual([null, "unhelpful", null]);
  });

  it("takes 没解决 back as a message when it came too late to be one", async () => {
    const line = await online(ASKED, ANSWER);
    chat.rate(2, false);
    line.say({ type: "feedback", of: 2, helpful: true });
    line.say({ type: "ack", client_id: "id1", seq: null });
    expect(view.entries).toHaveLength(2);
    expect(shown()).toEqual([null, "helpful"]);
  });

  it("shows what was said before, here or in another window", async () => {
    const line = await online(ASKED, { ...ANSWER, feedback: "unhelpful" }, message(3, { feedback: "open" }));
    line.say({ type: "feedback", of: 3, helpful: true });
    expect(shown()).toEqual([null, "unhelpful", "helpful"]);
  });

  it("forgets a word that the server refuses", async () => {
    const line = await online(ASKED, ANSWER);
    chat.rate(2, true);
    const error = { code: "unknown_choice", message: "这个选项已经失效", detail: "" };
    line.say({ type: "error", client_id: "id1", error });
    line.break();
    expect((await online()).of("feedback")).toEqual([]);
  });
});
