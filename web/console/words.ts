import type { Owner, Sender } from "../shared/protocol";
import type { Emotion, Priority } from "./protocol";

/** Chinese words for the values of the protocol. */

export const PRIORITY: Readonly<Record<Priority, string>> = { urgent: "紧急", high: "优先", normal: "普通" };

export const OWNER: Readonly<Record<Owner, string>> = { bot: "机器人", queue: "排队中", human: "人工" };

export const SENDER: Readonly<Record<Sender, string>> = {
  customer: "客户",
  bot: "机器人",
  agent: "客服",
  system: "系统",
};

const EMOTION: Readonly<Record<string, string>> = {
  calm: "平静",
  anxious: "焦急",
  dissatisfied: "不满",
  angry: "愤怒",
};

const RISK: Readonly<Record<string, string>> = {
  legal_threat: "法律维权",
  media_exposure: "扬言曝光",
  abuse: "辱骂",
  self_harm: "自伤风险",
  fraud: "诈骗盗号",
};

const DECISION: Readonly<Record<string, string>> = {
  answer: "直接回答",
  clarify: "请客户选择",
  no_answer: "没有合适答案",
  flow: "按对话规则回复",
  handoff: "转人工",
  fallback: "没听懂，兜底回复",
};

const CHANNEL: Readonly<Record<string, string>> = {
  web: "网站",
  widget: "网站",
  wechat: "微信公众号",
  wecom: "企业微信",
  webhook: "外部系统",
  email: "邮件",
  terminal: "终端",
  cli: "终端",
};

const TIMING: Readonly<Record<string, string>> = {
  total: "总耗时",
  emotion: "情绪识别",
  rasa: "语义理解",
  retrieve: "知识检索",
  commit: "写入",
};

const ENTITY: Readonly<Record<string, string>> = {
  order_number: "订单号",
  phone: "手机号",
  tracking_number: "运单号",
  date: "日期",
  time: "时间",
  product: "商品",
};

const REASON: Readonly<Record<string, string>> = {
  requested: "客户要求人工",
  self_harm: "自伤风险",
  danger: "商品危及人身安全",
  fraud: "疑似诈骗盗号",
  legal_threat: "法律维权",
  media_exposure: "扬言曝光",
  abuse: "言辞激烈",
  anger: "情绪愤怒",
  rising_anger: "情绪越来越激动",
  repeated_question: "反复问同一个问题",
  misses: "多次未能解答",
  failing_part: "系统故障",
  complaint: "客户投诉",
  form_failed: "信息未收集成功",
  beyond_authority: "超出机器人权限",
  taken_over: "客服主动接入",
  callback: "要求回电",
  complaint_unresolved: "投诉未解决",
  important_customer: "重要会员",
  not_verified: "身份未核实",
  suggestion: "客户建议",
};

const FIELD: Readonly<Record<string, string>> = {
  phone: "电话",
  time: "方便时间",
  added: "客户补充",
  told: "交接说明",
  rating: "满意度",
};

export const fieldWord = (field: string): string => FIELD[field] ?? field;
export const emotionWord = (label: string): string => EMOTION[label] ?? label;
export const decisionWord = (decision: string): string => DECISION[decision] ?? decision;
export const channelWord = (channel: string): string => CHANNEL[channel] ?? channel;
export const timingWord = (part: string): string => TIMING[part] ?? part;
export const entityWord = (entity: string): string => ENTITY[entity] ?? entity;
export const reasonWord = (reason: string): string => REASON[reason] ?? reason;

/** Null when there is no risk. */
export function riskWord(risk: string | null): string | null {
  return risk === null || risk === "none" ? null : (RISK[risk] ?? risk);
}

/** "愤怒，强度 94%"; calm has no strength. */
export function emotionText({ label, intensity }: Pick<Emotion, "label" | "intensity">): string {
  return label === "calm" ? emotionWord(label) : `${emotionWord(label)}，强度 ${percent(intensity)}`;
}

/** 0.934 becomes "93%"; what is below one half percent is not called nothing. */
export function percent(share: number): string {
  return share > 0 && share < 0.005 ? "<1%" : `${Math.round(share * 100)}%`;
}
