"""What a shop's lint measures by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import ConfigurationError
from bot.faq.entry import Channel
from bot.faq.topic_file import load_yaml

# About four lines in the widget on a phone; a longer answer is not read to its end.
ANSWER_LENGTH = 120
# UTF-8 bytes of a text message. WeChat: custom message, WeCom: kf/send_msg.
CHANNEL_BYTES: dict[Channel, int] = {"wechat": 2048, "wecom": 2048}
# UTF-8 bytes of an item of WeCom's msgmenu.
BUTTON_BYTES = 128
# Of all pairs of questions in the shop's FAQ with centred cosines this high, 97.5 % (700 of 718) belong to
# one entry: two entries that are so near to each other are probably one, or will be mixed up.
NEAR_COSINE = 0.85
# By this margin another entry's nearest three lines are nearer than the question's own entry's, the
# question left out: so for 103 of the shop's 5,754 questions, and the whole retriever, built without the
# question, gives 100 of them to another entry, too.
MISPLACED_MARGIN = 0.15
# Every line is compared with every other: about a minute at this size.
COMPARED_LINES = 30_000
_NUMBERS = ("answer_length", "soon_days", "review_days")
_LISTS = ("contacts", "pages")
_KINDS = dict.fromkeys(_NUMBERS, "must be a whole number") | dict.fromkeys(_LISTS, "must be a list of texts")


@dataclass(frozen=True)
class LintPolicy:
    """Limits of the lint on the day `today`.

    An answer has at most `answer_length` characters; an entry `expires-soon` within `soon_days`, and its
    review is due after `review_days`. `contacts` are the shop's own numbers and addresses, which are no
    personal data. `pages` are the paths of the site that links may lead to, with a `*` at the end for
    everything below; None: not known.
    """

    today: date
    answer_length: int = ANSWER_LENGTH
    soon_days: int = 14
    review_days: int = 365
    contacts: tuple[str, ...] = ()
    pages: tuple[str, ...] | None = None
    near_cosine: float = NEAR_COSINE
    misplaced_margin: float = MISPLACED_MARGIN

    def __post_init__(self) -> None:
        for name in ("answer_length", "soon_days", "review_days"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not -1 <= self.near_cosine <= 1:
            raise ValueError(f"near_cosine must lie in -1..1, got {self.near_cosine}")

    @classmethod
    def read(cls, file: Path, today: date) -> LintPolicy:
        """The shop's own limits, where a file such as data/faq_lint.yml has them.

        Raises ConfigurationError naming the file and the field.
        """
        if not file.exists():
            return cls(today)
        content = load_yaml(file) or {}
        if not isinstance(content, dict):
            raise ConfigurationError(f"{file}: must be a mapping of {', '.join(_NUMBERS + _LISTS)}")
        for name, value in content.items():
            if name in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
                continue
            if name in _LISTS and isinstance(value, list) and all(isinstance(text, str) for text in value):
                content[name] = tuple(value)
                continue
            raise ConfigurationError(f"{file}: {name}: {_KINDS.get(name, 'is no field')}, got {value!r}")
        try:
            return cls(today, **content)
        except ValueError as error:
            raise ConfigurationError(f"{file}: {error}") from error

    def has_page(self, path: str) -> bool:
        """Whether the site has the page of a link; True when its pages are not known."""
        if self.pages is None:
            return True
        path = path.partition("?")[0].partition("#")[0]
        below = [page[:-1] for page in self.pages if page.endswith("*")]
        return path in self.pages or any(path.startswith(start) for start in below)
