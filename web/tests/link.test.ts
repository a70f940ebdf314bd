import { describe, expect, it } from "vitest";
import { linkify, safeUrl } from "../shared/link";

describe("safeUrl", () => {
  it.each(["/my/refunds", "/help/a?b=1#c", "#top", "/"])("keeps the site path %s", (url) => {
    expect(safeUrl(url)).toBe(url);
  });

  it.each(["https://example.com/a", "http://example.com/", "mailto:a@example.com", "tel:4008006620"])(
    "keeps %s",
    (url) => {
      expect(safeUrl(url)).toBe(url);
    },
  );

  it.each([
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "//example.com",
    "/\\example.com",
    "/\t/example.com",
    "vbscript:x",
    "my/refunds",
    "",
  ])("refuses %j", (url) => {
    expect(safeUrl(url)).toBeNull();
  });
});

describe("linkify", () => {
  it("finds addresses between Chinese words and leaves punctuation out", () => {
    expect(linkify("详见https://example.com/a?b=1，或 http://example.org.")).toEqual([
      { text: "详见", url: null },
      { text: "https://example.com/a?b=1", url: "https://example.com/a?b=1" },
      { text: "，或 ", url: null },
      { text: "http://example.org", url: "http://example.org/" },
      { text: ".", url: null },
    ]);
  });

  it("keeps every character", () => {
    const text = "<img src=x onerror=alert(1)> https://a.cn) 完";
    expect(
      linkify(text)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });
});
