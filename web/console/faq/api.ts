import { query, type Api } from "../api";
import type {
  ChannelPreview,
  EntryChange,
  EntryItem,
  EntryValues,
  Finding,
  ShownEntry,
  TopicItem,
} from "./entry";
import type { Draft, NewEntry } from "./draft";
import type { Gap } from "./gap";
import type {
  BuildStatus,
  GoldenQuestion,
  GoldenResult,
  Releases,
  ReplayProgress,
  ReplayResult,
  Report,
  Trial,
} from "./release";

interface GoldenList {
  golden: GoldenQuestion[];
  revision: string;
  /** The 标准问 of the entries that are expected. */
  questions: Record<string, string>;
}

/** The studio's HTTP calls; they reject as those of `Api`. */
export class FaqApi {
  constructor(private readonly api: Api) {}

  entries(
    text: string,
    topic: string,
    severity: string,
    offset = 0,
  ): Promise<{ total: number; entries: EntryItem[]; topics: TopicItem[] }> {
    return this.get(`entries?${query({ text, topic, severity, offset: String(offset) })}`);
  }

  entry(id: string): Promise<ShownEntry> {
    return this.get(`entries/${encodeURIComponent(id)}`);
  }

  create(topic: string, values: EntryValues): Promise<ShownEntry> {
    return this.post("entries", { topic, values });
  }

  /** `basedOn` is the revision that the form shows. */
  save(topic: string, values: EntryValues, basedOn: string): Promise<ShownEntry> {
    return this.post(`entries/${encodeURIComponent(values.id)}`, { topic, values, based_on: basedOn });
  }

  remove(id: string, basedOn: string): Promise<unknown> {
    return this.post(`entries/${encodeURIComponent(id)}/delete`, { based_on: basedOn });
  }

  check(topic: string, values: EntryValues): Promise<{ findings: Finding[]; preview: ChannelPreview[] }> {
    return this.post("check", { topic, values });
  }

  history(): Promise<{ changes: EntryChange[] }> {
    return this.get("history");
  }

  /** `after` is the entry that was answered before, '' for none. */
  ask(text: string, after: string): Promise<{ live: Trial; draft: Trial | null }> {
    return this.post("try", after ? { text, after } : { text });
  }

  golden(): Promise<GoldenList> {
    return this.get("golden");
  }

  saveGolden(golden: GoldenQuestion[], basedOn: string): Promise<GoldenList> {
    return this.post("golden", { golden, based_on: basedOn });
  }

  goldenResults(): Promise<{ release: string; results: GoldenResult[] }> {
    return this.get("golden/results");
  }

  releases(): Promise<Releases> {
    return this.get("releases");
  }

  building(): Promise<{ live: string; build: BuildStatus }> {
    return this.get("build");
  }

  build(): Promise<{ live: string; build: BuildStatus }> {
    return this.post("build", {});
  }

  replay(last: number): Promise<ReplayResult> {
    return this.post("replay", { last });
  }

  /** How far the replay is that runs; null when none does. */
  replaying(): Promise<{ progress: ReplayProgress | null }> {
    return this.get("replay");
  }

  publish(release: string, seen: string | null, note: string, override: string): Promise<Releases> {
    return this.post("publish", { release, seen, note, override });
  }

  rollback(seen: string | null, note: string): Promise<Releases> {
    return this.post("rollback", { seen, note });
  }

  report(release: string): Promise<Report> {
    return this.get(`reports/${encodeURIComponent(release)}`);
  }

  gaps(days: number): Promise<{ asked: number; settled: number; gaps: Gap[] }> {
    return this.api.call("GET", `gaps?${query({ days: String(days), state: "open" })}`);
  }

  dismissGap(key: string, days: number): Promise<unknown> {
    return this.api.call("POST", `gaps/${encodeURIComponent(key)}/dismiss?days=${days}`, {});
  }

  acceptGap(key: string, days: number, entry: string, questions: string[]): Promise<unknown> {
    const path = `gaps/${encodeURIComponent(key)}/similar?days=${days}`;
    return this.api.call("POST", path, { entry, questions });
  }

  newFromGap(key: string, days: number, entry: NewEntry): Promise<unknown> {
    return this.api.call("POST", `gaps/${encodeURIComponent(key)}/entry?days=${days}`, entry);
  }

  drafts(): Promise<{ drafts: Draft[] }> {
    return this.api.call("GET", "drafts");
  }

  /** Write what a draft has become into the FAQ's files. */
  acceptDraft(id: string, entry: NewEntry): Promise<{ entry: { id: string } }> {
    return this.api.call("POST", `drafts/${encodeURIComponent(id)}/accept`, entry);
  }

  discardDraft(id: string): Promise<unknown> {
    return this.api.call("POST", `drafts/${encodeURIComponent(id)}/discard`, {});
  }

  private get<Answer>(path: string): Promise<Answer> {
    return this.api.call("GET", `faq/${path}`);
  }

  private post<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.api.call("POST", `faq/${path}`, body);
  }
}
