import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backoff } from "../shared/backoff";
import type { ServerFrame } from "../shared/protocol";
import { Socket, type SocketState } from "../shared/socket";
import { FakeSocket, openFake, welcome } from "./fake-socket";

let states: SocketState["name"][];
let frames: ServerFrame[];
let hello: () => Promise<{ token: string; after: number }>;

function makeSocket(): Socket {
  return new Socket({
    url: "wss://shop.example/api/widget/socket",
    hello: () => hello(),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state.name),
    backoff: new Backoff(500, 30_000, () => 1),
    open: openFake,
  });
}

async function connect(socket: Socket): Promise<FakeSocket> {
  socket.open();
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.latest.accept();
  FakeSocket.latest.say(welcome());
  return FakeSocket.latest;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.opened = [];
  states = [];
  frames = [];
  hello = () => Promise.resolve({ token: "t", after: 7 });
});
afterEach(() => vi.useRealTimers());

describe("Socket", () => {
  it("says hello first and is online after welcome", async () => {
    const line = await connect(makeSocket());
    expect(line.sent).toEqual([{ type: "hello", token: "t", after: 7 }]);
    expect(states).toEqual(["connecting", "online"]);
    expect(frames.map((frame) => frame.type)).toEqual(["welcome"]);
  });

  it("takes no frame before it is online", () => {
    const socket = makeSocket();
    socket.open();
    expect(socket.send({ type: "ping" })).toBe(false);
  });

  it("comes back with growing pauses, and starts over after a success", async () => {
    const socket = makeSocket();
    const line = await connect(socket);
    line.break();
    for (const pause of [500, 1000, 2000]) {
      const before = FakeSocket.opened.length;
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(FakeSocket.opened).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(FakeSocket.opened).toHaveLength(before + 1);
      FakeSocket.latest.break();
    }
    await vi.advanceTimersByTimeAsync(4000);
    FakeSocket.latest.accept();
    FakeSocket.latest.say(welcome());
    FakeSocket.latest.break();
    const before = FakeSocket.opened.length;
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.opened).toHaveLength(before + 1);
  });

  it("counts a session that cannot be opened as a failed attempt", async () => {
    hello = () => Promise.reject(new TypeError("offline"));
    const socket = makeSocket();
    socket.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(states.at(-1)).toBe("waiting");
    hello = () => Promise.resolve({ token: "t", after: 0 });
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.opened).toHaveLength(1);
  });

  it("hurries when the network is back", async () => {
    const socket = makeSocket();
    (await connect(socket)).break();
    socket.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.opened).toHaveLength(2);
  });

  it("probes a silent line and gives it up without an answer", async () => {
    const line = await connect(makeSocket());
    await vi.advanceTimersByTimeAsync(25_000);
    expect(line.of("ping")).toHaveLength(1);
    line.say({ type: "pong" });
    await vi.advanceTimersByTimeAsync(25_000);
    expect(line.of("ping")).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states.at(-1)).toBe("waiting");
  });

  it("gives up a server that does not welcome", async () => {
    const socket = makeSocket();
    socket.open();
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.latest.accept();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states.at(-1)).toBe("waiting");
  });

  it("ignores what an abandoned connection still says", async () => {
    const socket = makeSocket();
    const old = await connect(socket);
    socket.restart();
    await vi.advanceTimersByTimeAsync(0);
    frames = [];
    old.say({ type: "pong" });
    old.break();
    expect(frames).toEqual([]);
    expect(states.at(-1)).toBe("connecting");
  });

  it("stays closed", async () => {
    const socket = makeSocket();
    await connect(socket);
    socket.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.opened).toHaveLength(1);
    expect(states.at(-1)).toBe("closed");
  });
});

describe("Backoff", () => {
  it("keeps within half and whole of a doubling pause, up to the longest", () => {
    const low = new Backoff(100, 1000, () => 0);
    const high = new Backoff(100, 1000, () => 1);
    expect(Array.from({ length: 6 }, () => low.next())).toEqual([50, 100, 200, 400, 500, 500]);
    expect(Array.from({ length: 6 }, () => high.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it("refuses bad pauses by value", () => {
    expect(() => new Backoff(0)).toThrow(/firstMs 0/);
    expect(() => new Backoff(100, 50)).toThrow(/longestMs 50/);
  });
});
