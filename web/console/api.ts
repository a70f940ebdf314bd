import type { Message, ServiceError } from "../shared/protocol";
import type { Policy, PolicyPreview, PolicyValues } from "./policy";
import type { Conversation, ConversationDetail, SignedIn, Ticket } from "./protocol";

/** An answer that is not a success; the text is a Chinese sentence for the agent. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    sentence: string,
    readonly detail = "",
    /** Chinese sentences by field of the form. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(sentence);
  }
}

/** The Chinese sentence for whatever a call rejected with. */
export function sentence(problem: unknown): string {
  return problem instanceof ApiError ? problem.message : "网络连接失败，请检查网络后重试。";
}

/** The console's HTTP calls. Every call rejects with ApiError, or with TypeError when the network fails. */
export class Api {
  /** Proof that a change comes from this page; from sign-in. */
  csrf = "";

  constructor(private readonly onSignedOut: () => void) {}

  async login(name: string, password: string): Promise<SignedIn> {
    return this.accept(await this.call<SignedIn>("POST", "login", { name, password }));
  }

  async me(): Promise<SignedIn> {
    return this.accept(await this.call<SignedIn>("GET", "me"));
  }

  logout(): Promise<unknown> {
    return this.call("POST", "logout", {});
  }

  changePassword(old: string, fresh: string): Promise<unknown> {
    return this.call("POST", "password", { old, new: fresh });
  }

  tickets(state: "open" | "resolved", before?: string): Promise<{ tickets: Ticket[]; more: boolean }> {
    return this.call("GET", `tickets?${query({ state, before })}`);
  }

  conversations(owner: string, before?: string): Promise<{ conversations: Conversation[]; more: boolean }> {
    return this.call("GET", `conversations?${query({ owner, before })}`);
  }

  conversation(id: string): Promise<ConversationDetail> {
    return this.call("GET", `conversations/${encodeURIComponent(id)}`);
  }

  take(id: string): Promise<{ conversation: Conversation }> {
    return this.call("POST", `conversations/${encodeURIComponent(id)}/take`, {});
  }

  reply(id: string, clientId: string, text: string): Promise<{ message: Message }> {
    return this.call("POST", `conversations/${encodeURIComponent(id)}/reply`, { client_id: clientId, text });
  }

  typing(id: string, on: boolean): Promise<unknown> {
    return this.call("POST", `conversations/${encodeURIComponent(id)}/typing`, { on });
  }

  resolve(id: string, note: string): Promise<{ conversation: Conversation }> {
    return this.call("POST", `conversations/${encodeURIComponent(id)}/resolve`, { note });
  }

  /** Keep an agent's answer in a ticket as a draft entry: message `seq`, or their longest one. */
  draft(ticket: string, seq: number | null): Promise<unknown> {
    return this.call("POST", `tickets/${encodeURIComponent(ticket)}/draft`, seq === null ? {} : { seq });
  }

  policy(): Promise<Policy> {
    return this.call("GET", "policy");
  }

  previewPolicy(values: PolicyValues, days: number): Promise<PolicyPreview> {
    return this.call("POST", "policy/preview", { values, days });
  }

  /** `basedOn` is the revision that the page shows. */
  savePolicy(values: PolicyValues, note: string, basedOn: number): Promise<Policy> {
    return this.call("POST", "policy", { values, note, based_on: basedOn });
  }

  resetPolicy(note: string, basedOn: number): Promise<Policy> {
    return this.call("POST", "policy/reset", { note, based_on: basedOn });
  }

  private accept(signedIn: SignedIn): SignedIn {
    this.csrf = signedIn.csrf;
    return signedIn;
  }

  /** One call under `/api/console/`. */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["X-Bot-CSRF"] = this.csrf;
    }
    const response = await fetch(`/api/console/${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (response.ok) {
      return (await response.json()) as Answer;
    }
    const error = await readError(response);
    if (error.code === "not_authenticated") {
      this.onSignedOut();
    }
    throw new ApiError(response.status, error.code, error.message, error.detail, error.fields);
  }
}

async function readError(response: Response): Promise<ServiceError> {
  try {
    return ((await response.json()) as { error: ServiceError }).error;
  } catch {
    return { code: "internal", message: "系统开小差了，请稍后再试。", detail: String(response.status) };
  }
}

export function query(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}
