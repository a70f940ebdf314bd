import { describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { useDraft } from "../shared/draft";

const ENTER = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13, preventDefault: vi.fn() };

describe("a message that is being typed", () => {
  it("is sent by Enter, without spaces around it, and then is gone", () => {
    const typed = ref<string | undefined>();
    const sent: string[] = [];
    const draft = useDraft(typed, (text) => sent.push(text));
    draft.send();
    typed.value = "  \n";
    expect(draft.ready.value).toBe(false);
    typed.value = " 退货 \n";
    draft.pressed({ ...ENTER, shiftKey: true } as unknown as KeyboardEvent);
    expect(sent).toEqual([]);
    draft.pressed(ENTER as unknown as KeyboardEvent);
    expect(sent).toEqual(["退货"]);
    expect(typed.value).toBe("");
  });

  it("says how much more fits, counting characters as people do", () => {
    const typed = ref<string | undefined>("😀".repeat(1799));
    const draft = useDraft(typed, () => undefined);
    expect(draft.counter.value).toBeNull();
    typed.value += "好";
    expect(draft.counter.value).toBe("还可以输入 200 个字");
    typed.value = "好".repeat(2001);
    expect(draft.counter.value).toBe("超出 1 个字，请分成几条发送");
    expect([draft.tooLong.value, draft.ready.value]).toEqual([true, false]);
  });

  it("waits while it may not be sent", () => {
    const sent: string[] = [];
    const draft = useDraft(
      ref("您好"),
      (text) => sent.push(text),
      () => true,
    );
    draft.send();
    expect(sent).toEqual([]);
  });
});
