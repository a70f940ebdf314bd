import { describe, expect, it } from "vitest";
import { ApiError } from "../console/api";
import { Task } from "../console/task";

describe("a task of a page", () => {
  it("says what it does, and what went wrong in words and by field", async () => {
    const task = new Task();
    const running = task.run("save", () =>
      Promise.reject(new ApiError(422, "entry_refused", "有几处要改。", "", { question: "缺少内容" })),
    );
    expect(task.state.doing).toBe("save");
    expect(await running).toBe(false);
    expect(task.state).toEqual({
      doing: null,
      problem: "有几处要改。",
      code: "entry_refused",
      fields: { question: "缺少内容" },
    });
    expect(await task.run("save", () => Promise.resolve())).toBe(true);
    expect([task.state.problem, task.state.fields]).toEqual([null, {}]);
  });

  it("forgets a call that a later one overtook", async () => {
    const task = new Task();
    let fail: (error: Error) => void = () => undefined;
    const seen: boolean[] = [];
    const first = task.run("search", async (current) => {
      await new Promise<void>((_, reject) => (fail = reject)).catch(() => undefined);
      seen.push(current());
      throw new TypeError("offline");
    });
    const second = task.run("search", (current) => Promise.resolve(void seen.push(current())));
    expect(await second).toBe(true);
    fail(new Error());
    expect(await first).toBe(false);
    expect(seen).toEqual([true, false]);
    expect(task.state.problem).toBeNull();
  });
});
