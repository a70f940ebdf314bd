import type { WidgetSession } from "../shared/protocol";
import type { Store } from "../shared/store";

const KEY = "bot.token";

/** The customer's identity at one server: a signed token in the browser's storage. */
export class Session {
  private opened: WidgetSession | null = null;

  constructor(
    private readonly server: string,
    private readonly store: Store,
    private readonly request: typeof fetch = (...call) => fetch(...call),
    /** The host site's signed word on who is there; empty: nobody is signed in; null: the site does not say. */
    private readonly identity: string | null = null,
  ) {}

  /** Whether this browser has talked here before. */
  get known(): boolean {
    return this.store.getItem(KEY) !== null;
  }

  get current(): WidgetSession | null {
    return this.opened;
  }

  /** The session, opened at the first call. Rejects when the server cannot be reached or is out of order. */
  async open(): Promise<WidgetSession> {
    if (!this.opened) {
      const token = this.store.getItem(KEY);
      const response = await this.post(token);
      const refused = token !== null && response.status >= 400 && response.status < 429;
      const accepted = refused ? await this.post(null) : response;
      if (!accepted.ok) {
        throw new Error(`POST /api/widget/session answered ${accepted.status}`);
      }
      this.opened = (await accepted.json()) as WidgetSession;
      this.store.setItem(KEY, this.opened.token);
    }
    return this.opened;
  }

  /** The server no longer takes the token: the next `open` starts a new conversation. */
  forget(): void {
    this.opened = null;
    this.store.removeItem(KEY);
  }

  private post(token: string | null): Promise<Response> {
    return this.request(`${this.server}/api/widget/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        ...(token ? { token } : {}),
        ...(this.identity === null ? {} : { identity: this.identity }),
      }),
      credentials: "omit",
    });
  }
}
