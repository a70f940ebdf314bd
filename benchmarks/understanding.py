"""Questions that are asked in other ways than the FAQ is written, and what each step makes of them.

They stand with their right entries in tests/faq/understanding.jsonl; the rules were tuned on its odd
lines, so that its even lines are what counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.faq.responder import Responder
from bot.faq.sounds import Sounds
from bot.faq.trial import Figure, Gain
from bot.faq.understanding import Steps, Understanding

NO_STEPS = Steps(spelling=False, denial=False, questions=False, follow_up=False)
# The step that each kind of question is there for; normalisation comes before any of them.
OWN_STEP = {
    "spelling": ("spelling and pinyin", Steps(denial=False, questions=False, follow_up=False)),
    "negation": ("negation", Steps(spelling=False, questions=False, follow_up=False)),
    "two": ("two questions", Steps(spelling=False, denial=False)),
    "follow_up": ("follow-up", Steps(spelling=False, denial=False, questions=False)),
}
Answers = tuple[str, ...]
Text = tuple[str, str | None]


@dataclass(frozen=True)
class Asked:
    """A question, the entry that was answered before it, and the right entries for each of its parts."""

    kind: str
    text: str
    after: str | None
    expected: tuple[frozenset[str], ...]

    def right(self, answers: Answers) -> bool:
        """Whether each part is answered by a right entry, in order."""
        parts = zip(answers, self.expected, strict=False)
        return bool(answers) and len(answers) == len(self.expected) and all(a in e for a, e in parts)

    def wrong(self, answers: Answers) -> bool:
        """Whether an answer is right for no part; one right answer to two questions is neither."""
        return any(not any(answer in entries for entries in self.expected) for answer in answers)


def read_questions(path: Path, half: str) -> list[Asked]:
    """The lines of a half: `odd`, `even` or `all`, counted from 1."""
    kept = {"odd": (1,), "even": (0,), "all": (0, 1)}[half]
    values = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Asked(value["step"], value["text"], value.get("after"), tuple(map(frozenset, value["expected"])))
        for number, value in enumerate(values, 1)
        if number % 2 in kept
    ]


def answers(understanding: Understanding, text: Text) -> Answers:
    """The entries that answer a text after an entry, none where the bot asks back or gives up."""
    found = [reply.record.entry for reply in understanding.reply(*text)]
    return tuple(entry for entry in found if entry is not None)


def step_gains(responder: Responder, questions: Sequence[Asked]) -> list[tuple[str, Gain]]:
    """For each step right and wrong answers to its own kind of question, without it and with it."""
    sounds = Sounds.load()
    typed = Understanding.of(responder, sounds, NO_STEPS)
    rows = []
    judges: tuple[tuple[Figure, Callable[[Asked, Answers], bool]], ...] = (
        ("answered_right", Asked.right),
        ("answered_wrong", Asked.wrong),
    )
    for kind, (name, steps) in OWN_STEP.items():
        lines = [line for line in questions if line.kind == kind]
        stepped = Understanding.of(responder, sounds, steps)
        found = [[answers(party, (line.text, line.after)) for line in lines] for party in (typed, stepped)]
        for figure, judge in judges:
            before, after = ([judge(*pair) for pair in zip(lines, row, strict=True)] for row in found)
            rows.append((name, Gain.paired(figure, before, after)))
    return rows


def answered_otherwise(responder: Responder, texts: Sequence[Text]) -> int:
    """How many texts all steps together answer otherwise than none."""
    sounds = Sounds.load()
    typed, understanding = Understanding.of(responder, sounds, NO_STEPS), Understanding.of(responder, sounds)
    return sum(answers(typed, text) != answers(understanding, text) for text in texts)
