import { describe, expect, it } from "vitest";
import { shortcut } from "../console/shortcut";
import { sends } from "../shared/keyboard";

const press = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };

describe("sends", () => {
  it("sends on Enter alone", () => {
    expect(sends(press)).toBe(true);
    expect(sends({ ...press, shiftKey: true })).toBe(false);
    expect(sends({ ...press, key: "a" })).toBe(false);
  });

  it("leaves the Enter of an input method alone", () => {
    expect(sends({ ...press, isComposing: true })).toBe(false);
    expect(sends({ ...press, keyCode: 229 })).toBe(false);
  });
});

describe("shortcut", () => {
  const keys = { code: "KeyA", altKey: true, ctrlKey: false, metaKey: false };

  it("needs Alt and nothing else", () => {
    expect(shortcut(keys)).toBe("take");
    expect(shortcut({ ...keys, altKey: false })).toBeNull();
    expect(shortcut({ ...keys, ctrlKey: true })).toBeNull();
    expect(shortcut({ ...keys, code: "KeyZ" })).toBeNull();
  });
});
