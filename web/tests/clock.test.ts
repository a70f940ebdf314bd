import { describe, expect, it } from "vitest";
import { duration, moment } from "../shared/clock";

describe("moment", () => {
  const now = new Date(2026, 10, 21, 14, 0);

  it.each([
    [new Date(2026, 10, 21, 9, 5), "09:05"],
    [new Date(2026, 10, 20, 23, 59), "昨天 23:59"],
    [new Date(2026, 10, 18, 8, 0), "周三 08:00"],
    [new Date(2026, 10, 1, 8, 0), "11月1日 08:00"],
    [new Date(2025, 11, 31, 8, 0), "2025年12月31日 08:00"],
  ])("names %s", (at, text) => {
    expect(moment(at, now)).toBe(text);
  });
});

describe("duration", () => {
  it.each([
    [30_000, "不到 1 分钟"],
    [-61_000, "1 分钟"],
    [59 * 60_000, "59 分钟"],
    [60 * 60_000, "1 小时"],
    [125 * 60_000, "2 小时 5 分钟"],
    [72 * 3_600_000, "3 天"],
  ])("says %d ms", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
