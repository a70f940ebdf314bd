"""Vectors of texts, taken from an earlier release where it holds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.release import list_releases, releases_folder

TEXTS, VECTORS = "texts.json", "vectors.npz"


class KnownVectors:
    """Encodes texts, each distinct one once; those of `known` not at all."""

    def __init__(self, encoder: Encoder, known: EncodedTexts | None, progress: Callable[[str], None]) -> None:
        self._encoder = encoder
        self._progress = progress
        self._parts = [known] if known is not None else []
        self._rows: dict[str, tuple[int, int]] = {}
        if known is not None:
            self._rows = {text: (0, row) for row, text in enumerate(known.texts)}
        self._used: dict[str, None] = {}

    @classmethod
    def of(cls, release: Path | None, encoder: Encoder, progress: Callable[[str], None]) -> KnownVectors:
        """Those of a whole release of the same encoder, or none."""
        if release is None:
            return cls(encoder, None, progress)
        texts = tuple(json.loads((release / TEXTS).read_text("utf-8")))
        with np.load(release / VECTORS) as arrays:
            return cls(encoder, EncodedTexts(texts, arrays["final"], arrays["middle"]), progress)

    @classmethod
    def of_newest(cls, models: Path, encoder: Encoder, progress: Callable[[str], None]) -> KnownVectors:
        """Those of the newest whole release of the same encoder, or none."""
        for manifest in list_releases(models):
            folder = releases_folder(models) / manifest.name
            if manifest.encoder == encoder.fingerprint and manifest.is_whole(folder):
                return cls.of(folder, encoder, progress)
        return cls.of(None, encoder, progress)

    def encode(self, texts: Sequence[str]) -> EncodedTexts:
        """The vectors of normalised texts."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if fresh:
            self._progress(f"encoding {len(fresh)} new texts of {len(texts)}")
            part = EncodedTexts.encode(self._encoder, fresh)
            self._rows.update((text, (len(self._parts), row)) for row, text in enumerate(fresh))
            self._parts.append(part)
        self._used.update(dict.fromkeys(texts))
        return self._gather(texts)

    def save(self, folder: Path) -> None:
        """Write every text that was asked for, with its vectors."""
        used = self._gather(list(self._used))
        (folder / TEXTS).write_text(json.dumps(used.texts, ensure_ascii=False), "utf-8")
        np.savez(folder / VECTORS, final=used.final, middle=used.middle)

    def _gather(self, texts: Sequence[str]) -> EncodedTexts:
        places = [self._rows[text] for text in texts]
        final = [self._parts[part].final[row] for part, row in places]
        middle = [self._parts[part].middle[row] for part, row in places]
        return EncodedTexts(tuple(texts), np.stack(final), np.stack(middle))
