import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Feed, type FeedState } from "../console/feed";
import { Backoff } from "../shared/backoff";
import type { ConsoleEvent } from "../console/protocol";

class FakeSource {
  static opened: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSource.opened.push(this);
  }

  addEventListener(): void {
    // The test's server sends unnamed events only.
  }

  close(): void {
    this.readyState = 2;
  }

  say(event: Partial<ConsoleEvent>): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
}

let events: ConsoleEvent[];
let states: FeedState[];
const onUp = vi.fn();
const onRefused = vi.fn();

function start(): Feed {
  const feed = new Feed({
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    onUp,
    onRefused,
    backoff: new Backoff(1000, 1000, () => 1),
    open: (url) => new FakeSource(url) as unknown as EventSource,
  });
  feed.start();
  return feed;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.opened = [];
  events = [];
  states = [];
});
afterEach(() => {
  vi.clearAllMocks();
  vi.useRealTimers();
});

it("resumes after the last seen event and says so whenever it is up", () => {
  start();
  const [first] = FakeSource.opened;
  expect(first?.url).toBe("/api/console/events");
  first?.onopen?.();
  first?.say({ id: 7, kind: "typing" });
  first?.onerror?.();
  expect(states.at(-1)).toBe("broken");
  vi.advanceTimersByTime(1000);
  const second = FakeSource.opened[1];
  expect(second?.url).toBe("/api/console/events?after=7");
  second?.onopen?.();
  expect(states.at(-1)).toBe("live");
  expect(onUp).toHaveBeenCalledTimes(2);
});

it("drops repeated events and passes those without an id", () => {
  start();
  const [source] = FakeSource.opened;
  source?.say({ id: 7, kind: "ticket.created" });
  source?.say({ id: 7, kind: "ticket.created" });
  source?.say({ id: null, kind: "typing" });
  expect(events.map((event) => event.kind)).toEqual(["ticket.created", "typing"]);
});

it("asks about the session when the server refuses", () => {
  start();
  const [source] = FakeSource.opened;
  source?.close();
  source?.onerror?.();
  expect(onRefused).toHaveBeenCalledOnce();
});

it("stops", () => {
  const feed = start();
  FakeSource.opened[0]?.onerror?.();
  feed.stop();
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.opened).toHaveLength(1);
});
