"""What docs/commands.md says that `bot ask --json` prints."""

from __future__ import annotations

KEYS = {
    "reply",
    "decision",
    "entry",
    "also",
    "probability",
    "in_scope",
    "candidates",
    "understood",
    "intent",
    "emotion",
    "handoff",
    "timings_ms",
}
