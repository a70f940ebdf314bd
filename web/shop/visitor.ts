import { openStore } from "../shared/store";

/** A customer of the demo shop whom anybody may be. */
export interface Visitor {
  id: string;
  name: string;
}

interface SignedIn extends Visitor {
  identity: string;
}

const KEY = "shop.visitor";
const store = openStore(() => sessionStorage);

/** Who is signed in, or null. */
export function signedIn(): SignedIn | null {
  try {
    return JSON.parse(store.getItem(KEY) ?? "null") as SignedIn | null;
  } catch {
    return null;
  }
}

/** The demo's customers; none where the service serves a real shop or is not on this machine. */
export async function visitors(): Promise<Visitor[]> {
  try {
    const response = await fetch("/api/demo/visitors");
    return response.ok ? ((await response.json()) as { visitors: Visitor[] }).visitors : [];
  } catch {
    return [];
  }
}

/** Sign in, or out, and show the page anew: the widget asks who is there when it starts. */
export async function enter(visitor: Visitor | null): Promise<void> {
  if (visitor) {
    const response = await fetch(`/api/demo/visitors/${visitor.id}/identity`, { method: "POST" });
    if (!response.ok) {
      return;
    }
    const { identity } = (await response.json()) as { identity: string };
    store.setItem(KEY, JSON.stringify({ ...visitor, identity }));
  } else {
    store.removeItem(KEY);
  }
  location.reload();
}

/** Tell the widget's script, which runs after this one, what a real site would write into the page. */
export function introduce(page: Document): void {
  const script = page.querySelector<HTMLScriptElement>('script[src$="/widget.js"]');
  const visitor = signedIn();
  if (script && visitor) {
    script.dataset["identity"] = visitor.identity;
  }
}
