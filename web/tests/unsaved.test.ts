import { beforeEach, describe, expect, it, vi } from "vitest";
import { merge, mergeList } from "../console/merge";
import { Unsaved } from "../console/unsaved";

describe("changes that nobody saved", () => {
  beforeEach(() => vi.stubGlobal("location", { hash: "#/policy" }));

  it("keep the page until the agent has been asked", () => {
    const unsaved = new Unsaved();
    let changed = false;
    const end = unsaved.watch(() => changed);
    expect(unsaved.holds("#/")).toBe(false);
    changed = true;
    expect(unsaved.holds("#/")).toBe(true);
    expect(unsaved.wanted.value).toBe("#/");
    unsaved.go("#/");
    expect([location.hash, unsaved.wanted.value]).toEqual(["#/", null]);
    expect(unsaved.holds("#/")).toBe(false);
    expect(unsaved.holds("#/")).toBe(true);
    end();
    expect(unsaved.holds("#/")).toBe(false);
  });

  it("are asked about again after a way to the page itself", () => {
    const unsaved = new Unsaved();
    unsaved.watch(() => true);
    unsaved.go("#/policy");
    expect(unsaved.holds("#/policy")).toBe(true);
  });
});

describe("two people's changes of one form", () => {
  const base = { answer: "旧", topic: "a", similar: ["一", "二"] };

  it("are joined, and what both changed is told", () => {
    const mine = { answer: "我的", topic: "a", similar: ["一", "三"] };
    const theirs = { answer: "别人的", topic: "b", similar: ["一", "二", "四"] };
    const merged = merge(base, mine, theirs);
    expect(merged.values).toEqual({ answer: "我的", topic: "b", similar: ["一", "四", "三"] });
    expect(merged.disputed).toEqual(["answer"]);
    expect(merge(base, base, theirs)).toEqual({ values: theirs, disputed: [] });
    expect(merge(base, theirs, theirs)).toEqual({ values: theirs, disputed: [] });
  });

  it("leave what is typed while a save runs", () => {
    const typed = { ...base, answer: "旧的，更多", similar: ["二", "零", "一"] };
    expect(merge(base, typed, base)).toEqual({ values: typed, disputed: [] });
    expect(mergeList(base.similar, typed.similar, base.similar)).toEqual(typed.similar);
  });
});
