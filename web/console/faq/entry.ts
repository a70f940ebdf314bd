import type { Button } from "../../shared/protocol";

/** An FAQ entry as docs/protocol.md sends it, and as its form edits it. */

/** Channels that may have words of their own. */
export const CHANNELS = ["web", "wechat", "wecom", "webhook", "email"] as const;

export type Severity = "error" | "warning" | "info";
export type EntryState = "live" | "changed" | "new";

export interface Titled {
  title: string;
  url: string;
}

export interface Leading {
  title: string;
  entry: string;
}

export interface EntryValues {
  id: string;
  question: string;
  answer: string;
  similar: string[];
  rich: string | null;
  channels: Record<string, string>;
  links: Titled[];
  images: Titled[];
  buttons: Leading[];
  tags: string[];
  valid_from: string | null;
  valid_until: string | null;
  audience: string;
  owner: string | null;
  reviewed: string | null;
}

export interface Finding {
  code: string;
  severity: Severity;
  topic: string;
  entry: string;
  field: string;
  message: string;
  mend: string;
  others: string[];
  fixable: boolean;
}

export interface EntryChange {
  kind: "created" | "changed" | "deleted" | "golden";
  entry: string;
  before: Partial<EntryValues> | null;
  after: Partial<EntryValues> | null;
  author: string;
  at: string;
}

/** What customers see of an entry on one channel; `plain` where it shows text alone. */
export interface ChannelPreview {
  channel: string;
  text: string;
  rich: string | null;
  images: Titled[];
  links: Titled[];
  buttons: Button[];
  plain: string;
}

export interface ShownEntry {
  topic: string;
  values: EntryValues;
  revision: string;
  state: EntryState;
  live: EntryValues | null;
  findings: Finding[];
  changes: EntryChange[];
  preview: ChannelPreview[];
}

export interface EntryItem {
  id: string;
  topic: string;
  question: string;
  answer: string;
  similar: number;
  severity: Severity | null;
  state: EntryState;
}

export interface TopicItem {
  name: string;
  title: string;
  entries: number;
}

export const SEVERITY: Readonly<Record<Severity, string>> = {
  error: "错误",
  warning: "警告",
  info: "提示",
};

export const STATE: Readonly<Record<EntryState, string>> = {
  live: "已上线",
  changed: "有未发布的修改",
  new: "新条目，未发布",
};

const FIELD: Readonly<Record<string, string>> = {
  id: "编号",
  topic: "分类",
  question: "标准问",
  similar: "相似问",
  answer: "答案",
  rich: "富文本答案",
  channels: "渠道答案",
  links: "链接",
  images: "图片",
  buttons: "后续按钮",
  tags: "标签",
  valid_from: "生效日期",
  valid_until: "失效日期",
  audience: "可见范围",
  owner: "负责人",
  reviewed: "复核日期",
};

/** "similar[3]" becomes "相似问第3条". */
export function fieldWord(field: string): string {
  const found = /^([a-z_]+)(?:\[(\d+)\])?/.exec(field);
  const word = FIELD[found?.[1] ?? ""] ?? field;
  return found?.[2] ? `${word}第${found[2]}条` : word;
}

/** With a full stop where the text has no end of its own. */
export function sentence(text: string): string {
  return /[。！？!?…]$/.test(text) ? text : `${text}。`;
}

export function blankEntry(question = "", similar: string[] = []): EntryValues {
  return {
    id: "",
    question,
    answer: "",
    similar,
    rich: null,
    channels: {},
    links: [],
    images: [],
    buttons: [],
    tags: [],
    valid_from: null,
    valid_until: null,
    audience: "everyone",
    owner: null,
    reviewed: null,
  };
}

/** The parts of a text between commas, without empty ones and spaces at their ends. */
export function commaParts(text: string): string[] {
  return lines(text.replace(/[,，、]/g, "\n"));
}

/** Lines of a text field, without empty ones and spaces at their ends. */
export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Problems of a field and of its items: `similar` has those of `similar[2]` too. */
export function problemsOf(fields: Readonly<Record<string, string>>, name: string): string[] {
  return Object.entries(fields)
    .filter(([field]) => field === name || field.startsWith(`${name}[`) || field.startsWith(`${name}.`))
    .map(([field, text]) => (field === name ? text : `${fieldWord(field)}：${text}`));
}

export interface FieldDifference {
  field: string;
  before: string;
  after: string;
  added: string[];
  removed: string[];
}

/** What changes from one version of an entry to another, in words. */
export function entryDifferences(
  before: Partial<EntryValues> | null,
  after: Partial<EntryValues> | null,
): FieldDifference[] {
  const found: FieldDifference[] = [];
  for (const name of Object.keys(FIELD)) {
    const old = before?.[name as keyof EntryValues];
    const fresh = after?.[name as keyof EntryValues];
    if (JSON.stringify(old ?? null) === JSON.stringify(fresh ?? null)) {
      continue;
    }
    const olds = items(old);
    const freshes = items(fresh);
    const listed = Array.isArray(old) || Array.isArray(fresh);
    const added = freshes.filter((text) => !olds.includes(text));
    const removed = olds.filter((text) => !freshes.includes(text));
    if (listed && added.length + removed.length === 0 && olds.length + freshes.length === 0) {
      continue;
    }
    found.push({
      field: FIELD[name] ?? name,
      before: listed ? "" : (olds[0] ?? "无"),
      after: listed ? "" : (freshes[0] ?? "无"),
      added: listed ? added : [],
      removed: listed ? removed : [],
    });
  }
  return found;
}

function items(value: unknown): string[] {
  if (value === null || value === undefined) {
    return [];
  }
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== "object") {
      return String(item);
    }
    return Object.values(item as Record<string, string>).join(" ");
  });
}

/** The entry without rows that are still being typed: they are no mistakes yet. */
export function withoutUnfinished(values: EntryValues): EntryValues {
  const typed = (row: object): boolean => Object.values(row).every((text) => String(text).trim() !== "");
  return {
    ...values,
    links: values.links.filter(typed),
    images: values.images.filter(typed),
    buttons: values.buttons.filter(typed),
  };
}

/** Why customers will not see the entry on this day, in Chinese; null when they will. */
export function hiddenFrom(values: EntryValues, now: Date): string | null {
  // The day of the maintainer's clock, in the form of the entry's days.
  const day = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  if (values.audience !== "everyone") {
    return "这个词条只给客服看，客户不会看到。";
  }
  if (values.valid_from && values.valid_from > day) {
    return `从${values.valid_from}起客户才会看到。`;
  }
  return values.valid_until && values.valid_until < day
    ? `${values.valid_until}之后已经失效，客户不会看到。`
    : null;
}

/** UTF-8 bytes, which is what WeChat counts. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** WeChat's and WeCom's limit of a text message. */
export const WECHAT_BYTES = 2048;
