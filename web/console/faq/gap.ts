/** A gap of docs/protocol.md: what customers asked in vain. */

interface Near {
  entry: string;
  question: string;
  probability: number;
}

export interface Gap {
  key: string;
  question: string;
  examples: string[];
  wordings: number;
  asked: number;
  customers: number;
  reasons: Record<string, number>;
  suggestion: { remedy: "similar" | "new" | "review"; entry: string | null; probability: number };
  neighbours: Near[];
  /** The entries that were answered and did not help; `question` is '' when the release lacks one by now. */
  answered: (Near & { times: number })[];
}

const REASON: Readonly<Record<string, string>> = {
  unresolved: "没答上",
  unclicked: "反问后没有选",
  clicked: "反问后才选到",
  handed_off: "转了人工",
  unhelpful: "客户说没解决",
};

/** "没答上3次，转了人工1次" */
export function reasonText(gap: Gap): string {
  return Object.entries(gap.reasons)
    .filter(([, times]) => times > 0)
    .map(([reason, times]) => `${REASON[reason] ?? reason}${times}次`)
    .join("，");
}

/** The entry that the question is added to unless another is chosen; '' for none. */
export function presetEntry(gap: Gap): string {
  const entry = gap.suggestion.entry ?? "";
  // One more question would keep an answer in place that did not help.
  return gap.answered.some((one) => one.entry === entry) ? "" : entry;
}

export const REMEDY: Readonly<Record<Gap["suggestion"]["remedy"], string>> = {
  similar: "建议加为相似问",
  new: "建议新建词条",
  review: "建议检查这个词条的答案",
};
