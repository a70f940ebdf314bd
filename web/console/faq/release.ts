/** Releases, replay and the risk report of docs/protocol.md, and what the pages say about them. */

import { percent } from "../words";
import type { Finding } from "./entry";

export interface Estimate {
  in_scope_questions: number;
  off_topic_questions: number;
  hit1: number;
  answered: number;
  clarified: number;
  given_up: number;
  answered_right: number;
  wrong: number;
  wrong_bound: number;
  off_topic_answered: number;
  off_topic_clarified: number;
}

export interface Manifest {
  name: string;
  created: string;
  base: string | null;
  entries: number;
  lines: number;
  wrong_answer_target: number;
  answer_threshold: number;
  scope_threshold: number;
  calibration: { fitted_in: string; changed_lines: number };
  seconds: number;
}

export interface EntryDifference {
  entry: string;
  fields: string[];
  questions_added: string[];
  questions_removed: string[];
}

export interface Difference {
  added: string[];
  removed: string[];
  changed: EntryDifference[];
}

export interface Move {
  serial: number;
  action: "publish" | "rollback";
  release: string;
  before: string | null;
  by: string;
  at: string;
  note: string;
  override: string;
  findings: string[];
}

export interface BuildStatus {
  state: "idle" | "running" | "done" | "failed";
  lines: string[];
  release: string | null;
  problem: string;
  seconds: number;
}

export interface CandidateInfo extends Manifest {
  difference: Difference | null;
  /** The 标准问 of every entry that differs. */
  questions: Record<string, string>;
  /** What stands in the way of publishing. */
  findings: string[];
  golden: number;
  estimate: Estimate;
  live_estimate: Estimate | null;
}

export interface Releases {
  live: string;
  build: BuildStatus;
  serving: Move | null;
  earlier: string | null;
  target: number;
  pending: Difference | null;
  candidate: CandidateInfo | null;
  releases: (Manifest & { published: boolean })[];
  history: Move[];
}

export interface Outcome {
  decision: string;
  entries: string[];
  answer: string;
  probability: number;
}

export interface ReplayChange {
  kind: string;
  question: { text: string; times: number };
  before: Outcome;
  after: Outcome;
}

export interface ReplayResult {
  before: string;
  after: string;
  asked: number;
  counts: Record<string, number>;
  changes: ReplayChange[];
  questions: Record<string, string>;
}

/** Of `asked` questions `done` were put to both releases. */
export interface ReplayProgress {
  done: number;
  asked: number;
}

export interface RiskPoint {
  threshold: number;
  answered: number;
  wrong: number;
  low: number;
  high: number;
}

export interface CalibrationBin {
  low: number;
  high: number;
  questions: number;
  promised: number;
  observed: number;
  /** 95 % interval of `observed`. */
  least: number;
  most: number;
}

export interface Report {
  release: Manifest;
  target: number;
  estimate: Estimate;
  own_calibration: boolean;
  /** Least and most wrong answers of the next 1,000, with 95 % probability; null: none is given. */
  expected_wrong: [number, number] | null;
  curve: RiskPoint[];
  bins: CalibrationBin[];
  coverage: {
    topic: string;
    questions: number;
    found: number;
    answered: number;
    answered_right: number;
    clarified: number;
    given_up: number;
  }[];
  confusable: {
    entries: [string, string];
    times: number;
    answered: number;
    questions: {
      question: string;
      expected: string;
      found: string;
      probability: number;
      answered: boolean;
    }[];
  }[];
  questions: Record<string, string>;
  /** What the lint found when the release was built; null for releases of before. */
  findings: Finding[] | null;
}

export interface TrialReply {
  decision: string;
  entry: string | null;
  probability: number;
  in_scope: number;
  candidates: { entry: string; question: string; probability: number; score: number }[];
  understood: string[];
  also: string[];
  retrieve_ms: number;
  entries: {
    id: string;
    question: string;
    answer: string;
  }[];
}

export interface Trial {
  release: string;
  created?: string;
  thresholds: { answer: number; scope: number };
  replies: TrialReply[];
}

export interface GoldenQuestion {
  question: string;
  expected: string | null;
}

export interface GoldenResult extends GoldenQuestion {
  verdict: "right" | "offered" | "missed" | "wrong" | "gone";
  entries: string[];
  broken: boolean;
}

export const VERDICT: Readonly<Record<GoldenResult["verdict"], string>> = {
  right: "答对",
  offered: "反问时列出了",
  missed: "没答上",
  wrong: "答错",
  gone: "条目不存在",
};

/** The worst first. */
export const REPLAY_KINDS: readonly (readonly [string, string])[] = [
  ["answered_differently", "换成了另一个条目的答案"],
  ["newly_missed", "原来能答，现在答不上"],
  ["no_longer_answered", "原来直接回答，现在反问"],
  ["reworded", "同一条目，答案改了"],
  ["newly_answered", "原来没答上，现在能答"],
  ["newly_offered", "原来没答上，现在反问"],
  ["offered_differently", "反问的选项变了"],
];

/** 0.0134 becomes "1.3%". */
export function fine(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

export function countDifference(difference: Difference | null): number {
  return difference ? difference.added.length + difference.removed.length + difference.changed.length : 0;
}

/** The risk of a release in sentences for somebody who is no statistician. */
export function riskSentences(
  report: Pick<Report, "estimate" | "own_calibration" | "target" | "expected_wrong">,
): string[] {
  const { estimate, target, expected_wrong: expected } = report;
  const said: string[] = [];
  if (!report.own_calibration) {
    said.push("相似问太少，还不能用您自己的问题来估算：下面是系统自带的经验值，仅供参考。请多写一些相似问。");
  }
  if (estimate.answered === 0) {
    said.push(
      "这个版本不会直接回答任何问题：要么数据太少，要么没有一个阈值能把答错的比例压到您接受的范围内。",
    );
    return said;
  }
  said.push(
    `顾客每问100个与商城有关的问题，机器人大约直接回答${Math.round(estimate.answered * 100)}个，` +
      `反问${Math.round(estimate.clarified * 100)}个，其余${Math.round(estimate.given_up * 100)}个不回答。`,
  );
  said.push(
    `在所有直接给出的答案里，估计有${fine(estimate.wrong)}是错的；有九成把握不超过${fine(estimate.wrong_bound)}` +
      `（您接受的上限是${fine(target)}，${estimate.wrong_bound <= target ? "在范围内" : "已经超出"}）。`,
  );
  if (expected) {
    said.push(
      `也就是说，上线后平均每直接回答1000次，大约错${Math.round(estimate.wrong * 1000)}次，误答的闲聊也算在内。` +
        `单看某一个1000次，错的次数有多有少，95%的可能在${expected[0]}到${expected[1]}次之间：` +
        "这是偶然的起伏，您接受的上限管的是长期平均。",
    );
  }
  said.push(
    `对与商城无关的闲聊，有${percent(estimate.off_topic_answered)}会被误答。` +
      `以上由${estimate.in_scope_questions}个留出的相似问和${estimate.off_topic_questions}个无关问题估算。`,
  );
  return said;
}
