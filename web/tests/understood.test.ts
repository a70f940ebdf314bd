import { expect, it } from "vitest";
import { stepText } from "../console/understood";

it.each([
  ["pinyin tuikuan → 退款", "拼音“tuikuan”读作“退款”"],
  ["sound 发飘 → 发票", "同音字“发飘”改为“发票”"],
  ["blanks between characters left out", "去掉字与字之间的空格"],
  ["denied, asked instead: 要换货", "前半句被否定，改问“要换货”"],
  ["2 questions: 怎么退货 / 运费谁出", "拆成2个问题：怎么退货；运费谁出"],
  ["after returns-how: 退货多久", "接着上一个回答（returns-how），补全为“退货多久”"],
  ["something new", "something new"],
])("tells the step %s in Chinese", (step, told) => {
  expect(stepText(step)).toBe(told);
});
