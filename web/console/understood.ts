/** How a question was understood, step by step, in words for people: `understood` of docs/protocol.md. */

const STEPS: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^pinyin (.+) → (.+)$/, (typed, word) => `拼音“${typed}”读作“${word}”`],
  [/^sound (.+) → (.+)$/, (typed, word) => `同音字“${typed}”改为“${word}”`],
  [/^blanks between characters left out$/, () => "去掉字与字之间的空格"],
  [/^denied, asked instead: (.+)$/, (wanted) => `前半句被否定，改问“${wanted}”`],
  [/^(\d+) questions: (.+)$/, (count, all) => `拆成${count}个问题：${all?.split(" / ").join("；")}`],
  [/^after ([^:]+): (.+)$/, (entry, whole) => `接着上一个回答（${entry}），补全为“${whole}”`],
];

/** A step that is not known here is shown as it came. */
export function stepText(step: string): string {
  for (const [pattern, say] of STEPS) {
    const found = pattern.exec(step);
    if (found) {
      return say(...found.slice(1));
    }
  }
  return step;
}
