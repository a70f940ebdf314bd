interface KeyPress {
  key: string;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/**
 * Whether this key press sends the message: Enter alone, and not one that belongs to an input method.
 * While 拼音 is being composed browsers set `isComposing`; Safari ends the composition before the key event,
 * but still reports key code 229.
 */
export function sends(press: KeyPress): boolean {
  return press.key === "Enter" && !press.shiftKey && !press.isComposing && press.keyCode !== 229;
}
