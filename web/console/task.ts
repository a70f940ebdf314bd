import { reactive } from "vue";
import { ApiError, sentence } from "./api";

/** What a page is busy with, and why the last time failed. */
export interface TaskState {
  /** The word that `run` was given; null when idle. */
  doing: string | null;
  /** Chinese sentence. */
  problem: string | null;
  /** The error's code, '' without one. */
  code: string;
  /** What is wrong with single fields of a form, in Chinese. */
  fields: Readonly<Record<string, string>>;
}

/** Calls to the service, one after the other; of two at a time the later one counts. */
export class Task {
  readonly state: TaskState = reactive({ doing: null, problem: null, code: "", fields: {} });
  private latest = 0;

  /** Whether it succeeded. `current` says whether no later call was made meanwhile. */
  async run(doing: string, act: (current: () => boolean) => Promise<void>): Promise<boolean> {
    const mine = (this.latest += 1);
    const current = (): boolean => mine === this.latest;
    Object.assign(this.state, { doing, problem: null, code: "", fields: {} });
    try {
      await act(current);
      return true;
    } catch (error) {
      if (current()) {
        const refused = error instanceof ApiError ? error : null;
        const said = { problem: sentence(error), code: refused?.code ?? "", fields: refused?.fields ?? {} };
        Object.assign(this.state, said);
      }
      return false;
    } finally {
      if (current()) {
        this.state.doing = null;
      }
    }
  }
}
