import { describe, expect, it } from "vitest";
import { keepNumbers } from "../shared/number";

describe("keepNumbers", () => {
  it("keeps ticket and telephone numbers in one piece", () => {
    expect(keepNumbers("工单号 T20261121-0007，请拨400-800-1234。")).toEqual([
      { text: "工单号 ", whole: false },
      { text: "T20261121-0007", whole: true },
      { text: "，请拨", whole: false },
      { text: "400-800-1234", whole: true },
      { text: "。", whole: false },
    ]);
  });

  it("leaves other text and what would not fit alone", () => {
    expect(keepNumbers("7-")).toEqual([{ text: "7-", whole: false }]);
    expect(keepNumbers("a-".repeat(20) + "b")).toHaveLength(1);
    expect(keepNumbers("")).toEqual([]);
  });

  it("loses no character", () => {
    const text = "--a-b-c 1-2，\n3-4-";
    expect(
      keepNumbers(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
});
