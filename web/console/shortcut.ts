/**
 * Keyboard shortcuts, all with Alt, so that they work inside the reply box and never swallow typed text.
 * Physical keys are compared, for Alt changes the character on some systems.
 */
export const SHORTCUTS = [
  { code: "ArrowDown", keys: "Alt + ↓", text: "下一条", action: "next" },
  { code: "ArrowUp", keys: "Alt + ↑", text: "上一条", action: "previous" },
  { code: "KeyT", keys: "Alt + T", text: "切换工单 / 会话", action: "switch" },
  { code: "KeyA", keys: "Alt + A", text: "接入当前会话", action: "take" },
  { code: "KeyR", keys: "Alt + R", text: "跳到回复框", action: "reply" },
  { code: "KeyW", keys: "Alt + W", text: "为什么这样回答（最近一次）", action: "why" },
  { code: "KeyQ", keys: "Alt + Q", text: "结束会话", action: "resolve" },
  { code: "KeyH", keys: "Alt + H", text: "显示快捷键", action: "help" },
] as const;

export type ShortcutAction = (typeof SHORTCUTS)[number]["action"];

export function shortcut(
  press: Pick<KeyboardEvent, "code" | "altKey" | "ctrlKey" | "metaKey">,
): ShortcutAction | null {
  if (!press.altKey || press.ctrlKey || press.metaKey) {
    return null;
  }
  return SHORTCUTS.find((known) => known.code === press.code)?.action ?? null;
}
