"""The lint as an editor uses it: of all files, and of an entry that is being written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.errors import ConfigurationError, FaqFilesBroken
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.known_vectors import KnownVectors
from bot.faq.lint import LintPolicy, QuestionLines, findings_about, lint_entries
from bot.faq.lint.finding import Finding
from bot.faq.release import list_releases, releases_folder
from bot.faq.responder import Today
from bot.studio.entry_book import Filed


class Proofreader:
    """Finds what is wrong with entries. Blocks; one caller at a time."""

    def __init__(self, models: Path, policy: Path, today: Today) -> None:
        self._models = models
        self._policy = policy
        self._today = today
        self._vectors: KnownVectors | None = None
        self._found: tuple[tuple[object, ...], tuple[Finding, ...]] | None = None

    def all(self, filed: Sequence[Filed], encoder: Encoder) -> tuple[Finding, ...]:
        """Every finding, questions compared by meaning; 2 s at 5,000 questions, nothing when none changed.

        Raises FaqFilesBroken when the lint's own file is.
        """
        policy = self.policy()
        entries = [one.entry for one in filed]
        key = (encoder.fingerprint, policy, *entries)
        if self._found is None or self._found[0] != key:
            lines = QuestionLines.of(entries)
            vectors = self._known(encoder).encode(lines.texts).final
            self._found = (key, lint_entries(entries, policy, vectors))
        return self._found[1]

    def one(self, filed: Sequence[Filed], written: Entry) -> tuple[Finding, ...]:
        """What is found about an entry as it is being written, questions compared word for word; 10 ms."""
        entries = [one.entry for one in filed if one.entry.id != written.id]
        return findings_about(written, lint_entries([*entries, written], self.policy()))

    def policy(self) -> LintPolicy:
        """What the lint measures by today. Raises FaqFilesBroken when its file is."""
        try:
            return LintPolicy.read(self._policy, self._today())
        except ConfigurationError as error:
            raise FaqFilesBroken(str(error)) from error

    def _known(self, encoder: Encoder) -> KnownVectors:
        # Encoding is what takes time, and the newest release holds nearly all texts.
        if self._vectors is None:
            built = (m for m in list_releases(self._models) if m.encoder == encoder.fingerprint)
            root = releases_folder(self._models)
            whole = next((root / m.name for m in built if m.is_whole(root / m.name)), None)
            self._vectors = KnownVectors.of(whole, encoder, lambda _line: None)
        return self._vectors
