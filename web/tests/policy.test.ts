import { describe, expect, it } from "vitest";
import {
  copied,
  differences,
  fieldProblem,
  fromInput,
  shown,
  toInput,
  type PolicyField,
  type PolicyValues,
} from "../console/policy";
import { reasonWord } from "../console/words";

const offer: PolicyField = {
  name: "misses_offer",
  title: "主动提供人工",
  help: "",
  unit: "times",
  low: 1,
  high: 10,
  at_most: "misses_handoff",
};
const handoff: PolicyField = { ...offer, name: "misses_handoff", title: "直接转人工", at_most: null };
const anger: PolicyField = { ...handoff, name: "anger", title: "愤怒", unit: "share", low: 0, high: 1 };
const fields = [offer, handoff, anger];

function values(change: Record<string, number | string[]> = {}): PolicyValues {
  return {
    misses_offer: 2,
    misses_handoff: 3,
    anger: 0.8,
    important_levels: ["black"],
    switched_off: [],
    ...change,
  } as PolicyValues;
}

describe("a typed value", () => {
  it("is edited in percent when it is a share", () => {
    expect(toInput(anger, 0.55)).toBe(55);
    expect(fromInput(anger, 55)).toBe(0.55);
    expect(shown(anger, 0.8)).toBe("80%");
    expect(shown(offer, 2)).toBe("2次");
  });

  it("is refused in words", () => {
    expect(fieldProblem(offer, fields, values())).toBeNull();
    expect(fieldProblem(offer, fields, values({ misses_offer: Number.NaN }))).toBe("请填整数。");
    expect(fieldProblem(offer, fields, values({ misses_offer: 1.5 }))).toBe("请填整数。");
    expect(fieldProblem(offer, fields, values({ misses_offer: 0 }))).toBe("只能是1次到10次。");
    expect(fieldProblem(offer, fields, values({ misses_offer: 4 }))).toBe("不能超过“直接转人工”的3次。");
    expect(fieldProblem(offer, fields, values({ misses_handoff: 0 }))).toBeNull();
    expect(fieldProblem(anger, fields, values({ anger: 1.01 }))).toBe("只能是0%到100%。");
  });
});

describe("differences", () => {
  const policy = {
    fields,
    levels: [
      { level: "gold", title: "金卡会员" },
      { level: "black", title: "黑金会员" },
    ],
  };

  it("are told in words", () => {
    const after = values({
      anger: 0.7,
      important_levels: ["black", "gold"],
      switched_off: ["repeated_question"],
    });
    expect(differences(policy, values(), after, reasonWord)).toEqual([
      { title: "愤怒", before: "80%", after: "70%" },
      { title: "重要会员", before: "黑金会员", after: "黑金会员、金卡会员" },
      { title: "已关闭的原因", before: "无", after: "反复问同一个问题" },
    ]);
  });

  it("do not depend on the order of a list", () => {
    const one = values({ important_levels: ["gold", "black"] });
    expect(differences(policy, one, copied(one), reasonWord)).toEqual([]);
  });
});

describe("reasons", () => {
  it("are told in words", () => {
    expect(reasonWord("danger")).toBe("商品危及人身安全");
    expect(reasonWord("self_harm")).toBe("自伤风险");
  });
});
