/** The hand-off policy as docs/protocol.md sends it, and what the page works out by itself. */

export interface PolicyField {
  name: string;
  title: string;
  help: string;
  unit: "times" | "messages" | "share";
  low: number;
  high: number;
  /** The field whose value this one may not exceed. */
  at_most: string | null;
}

export interface PolicyReason {
  reason: string;
  explanation: string;
  switchable: boolean;
}

export type PolicyValues = Record<string, number | string[]> & {
  important_levels: string[];
  switched_off: string[];
};

export interface PolicyRevision {
  revision: number;
  values: PolicyValues;
  /** The defaults were restored. */
  reset: boolean;
  note: string;
  author: string;
  at: string;
}

export interface Policy {
  revision: number;
  values: PolicyValues;
  defaults: PolicyValues;
  fields: PolicyField[];
  reasons: PolicyReason[];
  levels: { level: string; title: string }[];
  history: PolicyRevision[];
}

export interface PolicyTally {
  handed_off: number;
  offered: number;
  reasons: Record<string, number>;
}

export interface PolicyStep {
  step: "continue" | "offer" | "handoff";
  reason: string | null;
}

export interface PolicyPreview {
  episodes: number;
  turns: number;
  before: PolicyTally;
  after: PolicyTally;
  sooner: number;
  spared: number;
  examples: {
    conversation: string;
    episode: number;
    at: string;
    text: string;
    before: PolicyStep;
    after: PolicyStep;
  }[];
}

const UNIT = { times: "次", messages: "条", share: "%" } as const;

export const unitWord = (field: PolicyField): string => UNIT[field.unit];

/** A share is edited in percent. */
export function toInput(field: PolicyField, value: number): number {
  return field.unit === "share" ? Math.round(value * 1000) / 10 : value;
}

export function fromInput(field: PolicyField, typed: number): number {
  return field.unit === "share" ? typed / 100 : typed;
}

export function shown(field: PolicyField, value: number): string {
  return `${toInput(field, value)}${unitWord(field)}`;
}

/** What is wrong with a typed value, or null. The server has the last word. */
export function fieldProblem(
  field: PolicyField,
  fields: readonly PolicyField[],
  values: PolicyValues,
): string | null {
  const value = values[field.name];
  const whole = field.unit !== "share";
  if (typeof value !== "number" || Number.isNaN(value) || (whole && !Number.isInteger(value))) {
    return `请填${whole ? "整数" : "数字"}。`;
  }
  if (value < field.low || value > field.high) {
    return `只能是${shown(field, field.low)}到${shown(field, field.high)}。`;
  }
  const limit = fields.find((other) => other.name === field.at_most);
  const highest = limit ? values[limit.name] : undefined;
  // A limit that is wrong itself is mended first.
  const holds = limit && typeof highest === "number" && highest >= limit.low && highest <= limit.high;
  if (holds && value > highest) {
    return `不能超过“${limit.title}”的${shown(limit, highest)}。`;
  }
  return null;
}

export interface Difference {
  title: string;
  before: string;
  after: string;
}

/** What changes between two versions, in words. */
export function differences(
  policy: Pick<Policy, "fields" | "levels">,
  before: PolicyValues,
  after: PolicyValues,
  reasonWord: (reason: string) => string,
): Difference[] {
  const numbers = policy.fields
    .filter((field) => before[field.name] !== after[field.name])
    .map((field) => ({
      title: field.title,
      before: shown(field, Number(before[field.name])),
      after: shown(field, Number(after[field.name])),
    }));
  const level = (name: string): string => policy.levels.find((known) => known.level === name)?.title ?? name;
  return [
    ...numbers,
    ...listed("重要会员", before.important_levels, after.important_levels, level),
    ...listed("已关闭的原因", before.switched_off, after.switched_off, reasonWord),
  ];
}

function listed(
  title: string,
  before: readonly string[],
  after: readonly string[],
  word: (name: string) => string,
): Difference[] {
  const text = (names: readonly string[]): string => [...names].sort().map(word).join("、") || "无";
  return text(before) === text(after) ? [] : [{ title, before: text(before), after: text(after) }];
}

/** An own copy, with the lists in the order in which the server sends them. */
export function copied(values: PolicyValues): PolicyValues {
  return {
    ...values,
    important_levels: [...values.important_levels].sort(),
    switched_off: [...values.switched_off].sort(),
  };
}
