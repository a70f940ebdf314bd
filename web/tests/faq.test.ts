import { describe, expect, it } from "vitest";
import { band, path, scale, ticks } from "../console/faq/chart";
import {
  blankEntry,
  byteLength,
  commaParts,
  entryDifferences,
  fieldWord,
  hiddenFrom,
  lines,
  problemsOf,
  sentence,
  withoutUnfinished,
} from "../console/faq/entry";
import { presetEntry, reasonText, type Gap } from "../console/faq/gap";
import { countDifference, fine, riskSentences, type Estimate } from "../console/faq/release";

const entry = { ...blankEntry("怎么退货", ["退货流程"]), id: "how", answer: "在订单里点“申请售后”。" };

describe("an entry", () => {
  it("says when customers will not see it", () => {
    const today = new Date(2026, 10, 22, 23, 30);
    expect(hiddenFrom(entry, today)).toBeNull();
    expect(hiddenFrom({ ...entry, audience: "agents" }, today)).toContain("只给客服看");
    expect(hiddenFrom({ ...entry, valid_from: "2026-11-23" }, today)).toContain("2026-11-23");
    expect(hiddenFrom({ ...entry, valid_from: "2026-11-22", valid_until: "2026-11-22" }, today)).toBeNull();
    expect(hiddenFrom({ ...entry, valid_until: "2026-11-21" }, today)).toContain("失效");
  });

  it("has findings that end before their advice", () => {
    expect(sentence("在微信上发不出去")).toBe("在微信上发不出去。");
    expect(sentence("像是含有个人信息：请打138****。")).toBe("像是含有个人信息：请打138****。");
  });

  it("is checked without rows that are still being typed", () => {
    const links = [
      { title: "规则", url: "" },
      { title: "帮助", url: "/help" },
    ];
    const draft = { ...entry, links, buttons: [{ title: " ", entry: "how" }] };
    expect(withoutUnfinished(draft)).toEqual({ ...entry, links: [links[1]], buttons: [] });
  });

  it("takes tags between commas of any kind", () => {
    expect(commaParts("大促, 物流，，退款、")).toEqual(["大促", "物流", "退款"]);
    expect(byteLength("退a")).toBe(4);
  });

  it("tells what changed, in words", () => {
    const after = { ...entry, answer: "点“申请售后”。", similar: ["退货流程", "想退"], owner: "小梅" };
    expect(entryDifferences(entry, after)).toEqual([
      { field: "相似问", before: "", after: "", added: ["想退"], removed: [] },
      { field: "答案", before: "在订单里点“申请售后”。", after: "点“申请售后”。", added: [], removed: [] },
      { field: "负责人", before: "无", after: "小梅", added: [], removed: [] },
    ]);
    expect(entryDifferences(entry, { ...entry })).toEqual([]);
  });

  it("has a problem beside its field", () => {
    const fields = { "similar[2]": "只能写一行", question: "缺少内容", "links[1].url": "网址不能用" };
    expect(problemsOf(fields, "similar")).toEqual(["相似问第2条：只能写一行"]);
    expect(problemsOf(fields, "question")).toEqual(["缺少内容"]);
    expect(problemsOf(fields, "answer")).toEqual([]);
    expect(fieldWord("links[1].url")).toBe("链接第1条");
    expect(lines(" 退货 \n\n 想退")).toEqual(["退货", "想退"]);
  });
});

describe("a gap", () => {
  const neighbours = [
    { entry: "wrong", question: "怎么退货", probability: 0.9 },
    { entry: "near", question: "怎么换货", probability: 0.2 },
  ];
  const shown = { entry: "wrong", question: "怎么退货", probability: 0.9, times: 2 };
  const gap = {
    suggestion: { remedy: "review", entry: "wrong", probability: 0.9 },
    neighbours,
    answered: [shown],
  } as unknown as Gap;

  it("is not added to an entry that answered it in vain unless somebody chooses that", () => {
    expect(presetEntry(gap)).toBe("");
    expect(presetEntry({ ...gap, answered: [] })).toBe("wrong");
    const similar = { remedy: "similar", entry: "near", probability: 0.2 } as const;
    expect(presetEntry({ ...gap, suggestion: similar })).toBe("near");
    const fresh = { remedy: "new", entry: null, probability: 0.1 } as const;
    expect(presetEntry({ ...gap, suggestion: fresh, answered: [] })).toBe("");
  });

  it("says why it is one", () => {
    const reasons = { unresolved: 3, unhelpful: 1, clicked: 0 };
    expect(reasonText({ reasons } as unknown as Gap)).toBe("没答上3次，客户说没解决1次");
  });
});

describe("the risk", () => {
  const estimate: Estimate = {
    in_scope_questions: 4000,
    off_topic_questions: 400,
    hit1: 0.9,
    answered: 0.81,
    clarified: 0.15,
    given_up: 0.04,
    answered_right: 0.985,
    wrong: 0.014,
    wrong_bound: 0.019,
    off_topic_answered: 0.02,
    off_topic_clarified: 0.1,
  };

  it("is told in sentences", () => {
    const said = riskSentences({
      estimate,
      own_calibration: true,
      target: 0.02,
      expected_wrong: [6, 24],
    }).join("");
    expect(said).toContain("直接回答81个");
    expect(said).toContain("估计有1.4%是错的；有九成把握不超过1.9%（您接受的上限是2.0%，在范围内）");
    expect(said).toContain("平均每直接回答1000次，大约错14次，误答的闲聊也算在内");
    expect(said).toContain("95%的可能在6到24次之间：这是偶然的起伏，您接受的上限管的是长期平均");
    const over = { ...estimate, wrong_bound: 0.03 };
    expect(
      riskSentences({ estimate: over, own_calibration: true, target: 0.02, expected_wrong: null }).join(""),
    ).toContain("已经超出");
  });

  it("does not hide that there is too little data", () => {
    const said = riskSentences({ estimate, own_calibration: false, target: 0.02, expected_wrong: [6, 24] });
    expect(said[0]).toContain("相似问太少");
    const silent = { ...estimate, answered: 0 };
    expect(
      riskSentences({ estimate: silent, own_calibration: true, target: 0.02, expected_wrong: null }),
    ).toHaveLength(1);
  });

  it("counts what differs", () => {
    expect(countDifference(null)).toBe(0);
    expect(countDifference({ added: ["a"], removed: [], changed: [] })).toBe(1);
    expect(fine(0.0134)).toBe("1.3%");
  });
});

describe("a plot", () => {
  it("maps values and draws lines and bands", () => {
    expect(scale(0, 2, 10, 20)(1)).toBe(15);
    expect(scale(1, 1, 10, 20)(1)).toBe(15);
    const line = [
      [0, 1],
      [2, 3],
    ] as const;
    expect(path(line)).toBe("M0.0,1.0L2.0,3.0");
    expect(band(line, [[0, 0]])).toBe("M0.0,1.0L2.0,3.0L0.0,0.0Z");
    expect(band([], [])).toBe("");
  });

  it.each([0.01, 0.06, 0.3, 1, 7])("marks an axis up to %d", (high) => {
    const marks = ticks(high);
    expect(marks[0]).toBe(0);
    expect(marks.at(-1)).toBeGreaterThanOrEqual(high);
    expect(marks.length).toBeGreaterThan(3);
    expect(marks.length).toBeLessThan(9);
  });
});
