"""What the lint finds: a code, how bad it is, where it is, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Rule:
    """A check; docs/faq-files.md lists all of them."""

    code: str
    severity: Severity


EMPTY = Rule("empty", "error")
CHANNEL_LIMIT = Rule("channel-limit", "error")
CONFLICTING_ANSWERS = Rule("conflicting-answers", "error")
SAME_QUESTION = Rule("same-question", "error")
PERSONAL_DATA = Rule("personal-data", "error")
DEAD_BUTTON = Rule("dead-button", "error")
DEAD_LINK = Rule("dead-link", "error")
ANSWER_LENGTH = Rule("answer-length", "warning")
MARKUP = Rule("markup", "warning")
EXPIRED = Rule("expired", "warning")
EXPIRES_SOON = Rule("expires-soon", "warning")
HIDDEN_FOLLOW_UP = Rule("hidden-follow-up", "warning")
NEAR_QUESTION = Rule("near-question", "warning")
POSSIBLE_CONFLICT = Rule("possible-conflict", "warning")
MISPLACED_QUESTION = Rule("misplaced-question", "warning")
NO_NEXT_STEP = Rule("no-next-step", "warning")
SINGLE_QUESTION = Rule("single-question", "warning")
SEVERAL_QUESTIONS = Rule("several-questions", "info")
REVIEW_DUE = Rule("review-due", "info")
REPEATED_QUESTION = Rule("repeated-question", "info")
SPACES = Rule("spaces", "info")
WIDTH = Rule("width", "info")
FILE_FORM = Rule("file-form", "info")
NOT_COMPARED = Rule("not-compared", "info")
RULES = (
    EMPTY,
    CHANNEL_LIMIT,
    CONFLICTING_ANSWERS,
    SAME_QUESTION,
    PERSONAL_DATA,
    DEAD_BUTTON,
    DEAD_LINK,
    ANSWER_LENGTH,
    MARKUP,
    EXPIRED,
    EXPIRES_SOON,
    HIDDEN_FOLLOW_UP,
    NEAR_QUESTION,
    POSSIBLE_CONFLICT,
    MISPLACED_QUESTION,
    NO_NEXT_STEP,
    SINGLE_QUESTION,
    SEVERAL_QUESTIONS,
    REVIEW_DUE,
    REPEATED_QUESTION,
    SPACES,
    WIDTH,
    FILE_FORM,
    NOT_COMPARED,
)


@dataclass(frozen=True)
class Finding:
    """One finding. `message` and `mend` are Chinese sentences for a maintainer.

    `topic` is the title of the entry's topic or the name of a file, `entry` an id ('' for a whole file or
    FAQ), `field` as in `similar[3]`, `others` the ids of further entries that it is about. `fixable`: the
    lint can mend it by itself.
    """

    code: str
    severity: Severity
    topic: str
    entry: str
    field: str
    message: str
    mend: str
    others: tuple[str, ...] = ()
    fixable: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a report and for the browser."""
        return asdict(self)
