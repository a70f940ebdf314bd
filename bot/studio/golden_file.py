"""The file of the golden questions as maintainers edit it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from bot.errors import ConfigurationError, ContentChanged, EntryRefused, FaqFilesBroken
from bot.faq.file_lock import locked
from bot.faq.golden import GoldenQuestion, load_golden
from bot.faq.normalize import normalize


class GoldenFile:
    """`question` and `expected`, one after the other. Blocks."""

    def __init__(self, path: Path, lock: Path) -> None:
        self._path = path
        self._lock = lock

    def read(self) -> tuple[GoldenQuestion, ...]:
        """All questions. Raises FaqFilesBroken."""
        try:
            return load_golden(self._path)
        except ConfigurationError as error:
            raise FaqFilesBroken(str(error)) from error

    def save(self, questions: Sequence[GoldenQuestion], entries: Collection[str], seen: str) -> None:
        """Replace all questions; the comment at the file's head stays.

        Raises ContentChanged when the file is not of revision `seen`, EntryRefused with a sentence for each
        question that is empty, stands there twice or expects none of `entries`.
        """
        _check(questions, entries)
        with locked(self._lock):
            now = revision(self.read())
            if now != seen:
                raise ContentChanged(f"the golden questions are of revision {now}, not {seen}")
            fresh = self._path.with_name(f".{self._path.name}.writing")
            try:
                fresh.write_text(self._head() + "".join(map(_item, questions)), "utf-8")
                if questions:
                    fresh.replace(self._path)
                else:
                    self._path.unlink(missing_ok=True)
            except OSError as error:
                raise FaqFilesBroken(f"{self._path.name} 不能写入：{error.strerror}") from error
            finally:
                fresh.unlink(missing_ok=True)

    def _head(self) -> str:
        if not self._path.exists():
            return ""
        head = []
        for line in self._path.read_text("utf-8").splitlines(keepends=True):
            if not line.startswith("#"):
                break
            head.append(line)
        return "".join(head)


def revision(questions: Sequence[GoldenQuestion]) -> str:
    """A hash of the questions."""
    content = json.dumps([[golden.question, golden.expected] for golden in questions], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _check(questions: Sequence[GoldenQuestion], entries: Collection[str]) -> None:
    fields: dict[str, str] = {}
    seen: set[str] = set()
    for number, golden in enumerate(questions, 1):
        form = normalize(golden.question)
        if not form:
            fields[f"golden[{number}].question"] = "请写一个问题"
        elif form in seen:
            fields[f"golden[{number}].question"] = "这个问题已经在上面了"
        seen.add(form)
        if golden.expected is not None and golden.expected not in entries:
            fields[f"golden[{number}].expected"] = f"没有编号或标准问是“{golden.expected}”的条目"
    if fields:
        raise EntryRefused(fields)


def _item(golden: GoldenQuestion) -> str:
    # JSON strings are YAML strings.
    question = json.dumps(golden.question, ensure_ascii=False)
    return f"- question: {question}\n  expected: {golden.expected or ''}\n"
