import { describe, expect, it } from "vitest";
import { MemoryStore, ScopedStore } from "../shared/store";
import { Session } from "../widget/session";
import { visitorOf } from "../widget/visitor";

const token = (sub: unknown): string => `e30.${btoa(JSON.stringify({ sub }))}.x`;

describe("a visitor whom the site has signed in", () => {
  it("is read from the token, and nobody from anything else", () => {
    expect(visitorOf(token("demo-chen"))).toBe("demo-chen");
    for (const other of [null, "", "x", "a.b.c", token(7)]) {
      expect(visitorOf(other)).toBe("");
    }
  });

  it("shares no conversation with the next one at the browser", () => {
    const browser = new MemoryStore();
    const chen = new ScopedStore(browser, "demo-chen");
    chen.setItem("bot.token", "t1");
    expect(new ScopedStore(browser, "demo-li").getItem("bot.token")).toBeNull();
    expect(new ScopedStore(browser, "").getItem("bot.token")).toBeNull();
    expect(chen.getItem("bot.token")).toBe("t1");
  });

  it("is told to the service with the session", async () => {
    const bodies: unknown[] = [];
    const request: typeof fetch = (_url, init) => {
      bodies.push(JSON.parse(String(init?.body)));
      return Promise.resolve(new Response(JSON.stringify({ token: "t1" })));
    };
    await new Session("https://shop.example", new MemoryStore(), request, "signed").open();
    await new Session("https://shop.example", new MemoryStore(), request, "").open();
    await new Session("https://shop.example", new MemoryStore(), request).open();
    expect(bodies).toEqual([{ identity: "signed" }, { identity: "" }, {}]);
  });
});
