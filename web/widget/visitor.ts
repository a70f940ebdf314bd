/**
 * Whom the host site's token speaks of, so that two visitors of one browser do not share a conversation. Nothing
 * is trusted for this: the server alone verifies the token.
 */
export function visitorOf(identity: string | null): string {
  const payload = identity?.split(".")[1];
  if (!payload) {
    return "";
  }
  try {
    const claims = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : "";
  } catch {
    return "";
  }
}
