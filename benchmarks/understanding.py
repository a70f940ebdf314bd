"""What understanding a question before it is searched gains and costs: `python -m benchmarks.understanding`.

Questions with their right entries are in tests/faq/understanding.jsonl; the rules were tuned on its odd
lines, so that its even lines are what counts. Off-topic texts, each after a different entry, and the FAQ's
own questions show what the steps spoil. Shares have 95 % intervals by Wilson (1927).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.config import Settings
from bot.faq.encoder import load_encoder
from bot.faq.off_topic import load_off_topic
from bot.faq.publication import serving_folder
from bot.faq.release import load_release
from bot.faq.responder import Responder
from bot.faq.sounds import Sounds
from bot.faq.understanding import Steps, Understanding
from bot.intervals import wilson

QUESTIONS = Path("tests/faq/understanding.jsonl")
OFF_TOPIC = Path("data/off_topic.txt")
NO_STEPS = Steps(spelling=False, denial=False, questions=False, follow_up=False)
# The step that each kind of question is there for; other scripts are normalised before any of them.
OWN_STEP = {
    "spelling": Steps(denial=False, questions=False, follow_up=False),
    "script": Steps(denial=False, questions=False, follow_up=False),
    "negation": Steps(spelling=False, questions=False, follow_up=False),
    "two": Steps(spelling=False, denial=False),
    "follow_up": Steps(spelling=False, denial=False, questions=False),
    "control": NO_STEPS,
}
Answers = tuple[str, ...]


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


def share(count: int, n: int) -> str:
    """`12 (.43; .25-.63)`: count, share and interval."""
    low, high = wilson(count / (n or 1), n)
    return f"{count} ({count / (n or 1):.2f}; {low:.2f}-{high:.2f})"


def answers(understanding: Understanding, text: str, after: str | None) -> Answers:
    """The entries that answer, none where the bot asks back or gives up."""
    found = [reply.record.entry for reply in understanding.reply(text, after)]
    return tuple(entry for entry in found if entry is not None)


def measure(responder: Responder, questions: Sequence[Asked], console: Console) -> None:
    """Print a row a kind of question: as typed, with its own step, with all steps."""
    sounds = Sounds.load()
    typed, understanding = Understanding.of(responder, sounds, NO_STEPS), Understanding.of(responder, sounds)
    table = Table("kind", "n", title="right and wrong answers")
    for name in (
        "right as typed",
        "with its step",
        "with all",
        "wrong as typed",
        "with its step",
        "with all",
    ):
        table.add_column(name)
    for kind, own in OWN_STEP.items():
        lines = [line for line in questions if line.kind == kind]
        parties = (typed, Understanding.of(responder, sounds, own), understanding)
        found = [[answers(party, line.text, line.after) for line in lines] for party in parties]
        right = [_count(lines, row, Asked.right) for row in found]
        wrong = [_count(lines, row, Asked.wrong) for row in found]
        table.add_row(kind, str(len(lines)), *(share(count, len(lines)) for count in (*right, *wrong)))
    console.print(table)
    ids = [entry.id for entry in responder.entries]
    stray = [(text, ids[place % len(ids)]) for place, text in enumerate(load_off_topic(OFF_TOPIC))]
    own_lines = [(question, None) for entry in responder.entries for question in entry.questions]
    changed = Table("control", "n", "answered otherwise", title="what must not change")
    controls: list[tuple[str, Iterable[tuple[str, str | None]]]] = [
        ("controls", [(line.text, line.after) for line in questions if line.kind == "control"]),
        ("off-topic texts, after an answer", stray),
        ("the FAQ's own questions, every fifth", own_lines[::5]),
    ]
    for name, texts in controls:
        pairs = [(answers(typed, *text), answers(understanding, *text)) for text in texts]
        changed.add_row(name, str(len(pairs)), share(sum(a != b for a, b in pairs), len(pairs)))
    console.print(changed)


def _count(lines: Sequence[Asked], found: Sequence[Answers], judge: Callable[[Asked, Answers], bool]) -> int:
    return sum(judge(line, answer) for line, answer in zip(lines, found, strict=True))


def main() -> None:
    """Measure the published release."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("even", "odd", "all"), default="even")
    half = parser.parse_args().half
    models = Settings().models
    responder = load_release(serving_folder(models), load_encoder(models))
    console = Console(width=180)
    console.print(f"release {responder.name}, {half} lines of {QUESTIONS}")
    measure(responder, read_questions(QUESTIONS, half), console)


if __name__ == "__main__":
    main()
