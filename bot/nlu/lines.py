"""Files of labelled lines for evaluation: YAML, CSV or JSONL with `text` and one or more label columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError

COLUMNS = ("intent", "emotion", "risk", "human")
_TRUE, _FALSE = {"true", "1", "yes", "y", "是"}, {"false", "0", "no", "n", "否"}


@dataclass(frozen=True)
class LabelledLine:
    """One message with the labels that the file gives; None where it gives none."""

    text: str
    intent: str | None = None
    emotion: str | None = None
    risk: str | None = None
    human: bool | None = None


def read_lines(path: Path) -> tuple[LabelledLine, ...]:
    """The lines of a file, by its ending: .yml, .yaml, .csv, .jsonl.

    YAML holds a list of mappings. An empty `risk` is `none` where the file has that column; other
    empty labels are left out. Raises ConfigurationError naming the row when the file is unusable.
    """
    try:
        rows = list(_rows(path))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, yaml.YAMLError, csv.Error) as error:
        raise ConfigurationError(f"{path} is not valid: {error}") from error
    if not rows:
        raise ConfigurationError(f"{path} holds no line")
    if not any(column in row for row in rows for column in COLUMNS):
        raise ConfigurationError(f"{path} has none of the columns {', '.join(COLUMNS)}")
    has_risk = any("risk" in row for row in rows)
    return tuple(_line(f"{path}: row {number}", row, has_risk) for number, row in enumerate(rows, 1))


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    text = path.read_text("utf-8-sig")
    ending = path.suffix.lower()
    if ending in (".yml", ".yaml"):
        rows = yaml.safe_load(text)
    elif ending == ".csv":
        rows = list(csv.DictReader(io.StringIO(text)))
    elif ending == ".jsonl":
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        raise ValueError(f"ending {ending!r} is none of .yml, .yaml, .csv, .jsonl")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it must be a list of mappings")
    return rows


def _line(place: str, row: Mapping[str, Any], has_risk: bool) -> LabelledLine:
    text = _label(row, "text")
    if text is None:
        raise ConfigurationError(f"{place}: text is missing")
    return LabelledLine(
        text=text,
        intent=_label(row, "intent"),
        emotion=_label(row, "emotion"),
        risk=_label(row, "risk") or ("none" if has_risk else None),
        human=_truth(place, row.get("human")),
    )


def _label(row: Mapping[str, Any], column: str) -> str | None:
    value = row.get(column)
    return str(value).strip() or None if value is not None else None


def _truth(place: str, value: Any) -> bool | None:
    word = str(value).strip().lower() if value is not None else ""
    if not word:
        return None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ConfigurationError(f"{place}: human must be true or false, got {value!r}")
