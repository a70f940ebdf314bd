import { computed, type ComputedRef, type Ref } from "vue";
import { sends } from "./keyboard";
import { MESSAGE_LIMIT } from "./protocol";

/** Characters left from which on their number is shown. */
const WARN_LEFT = 200;

export interface Draft {
  /** Whether it can be sent. */
  ready: ComputedRef<boolean>;
  tooLong: ComputedRef<boolean>;
  /** How much more may be typed, in Chinese; null while there is plenty. */
  counter: ComputedRef<string | null>;
  /** Send it and begin anew. */
  send: () => void;
  /** Enter sends. */
  pressed: (event: KeyboardEvent) => void;
}

/** A message that is being typed, by a customer or an agent; spaces around it do not count. */
export function useDraft(
  typed: Ref<string | undefined>,
  onSend: (text: string) => void,
  disabled: () => boolean = () => false,
): Draft {
  const text = computed(() => (typed.value ?? "").trim());
  const left = computed(() => MESSAGE_LIMIT - [...text.value].length);
  const tooLong = computed(() => left.value < 0);
  const ready = computed(() => text.value !== "" && !tooLong.value && !disabled());
  const counter = computed(() => {
    if (left.value > WARN_LEFT) {
      return null;
    }
    return tooLong.value ? `超出 ${-left.value} 个字，请分成几条发送` : `还可以输入 ${left.value} 个字`;
  });

  function send(): void {
    if (ready.value) {
      onSend(text.value);
      typed.value = "";
    }
  }

  function pressed(event: KeyboardEvent): void {
    if (sends(event)) {
      event.preventDefault();
      send();
    }
  }

  return { ready, tooLong, counter, send, pressed };
}
