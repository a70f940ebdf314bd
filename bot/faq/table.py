"""Rows of the files that evaluation reads: YAML, CSV or JSONL, each row with its place in the file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError


@dataclass(frozen=True)
class Row:
    """One row: `place` is `file:line`, `values` has every column of the file, empty ones as ''."""

    place: str
    values: dict[str, str]


def read_table(path: Path, columns: Sequence[str]) -> list[Row]:
    """The rows of a file, by its ending: .yml, .yaml (a list of mappings), .csv, .jsonl.

    Raises ConfigurationError naming file, line and column when the file cannot be read, a row is
    broken, one of `columns` is missing from a row, or there is no row.
    """
    reader = {".yml": _yaml, ".yaml": _yaml, ".csv": _csv, ".jsonl": _jsonl}.get(path.suffix.lower())
    if reader is None:
        raise ConfigurationError(f"{path}: must end in .yml, .yaml, .csv or .jsonl")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    rows = []
    for line, value in reader(path, text):
        place = f"{path}:{line}"
        if not isinstance(value, dict):
            raise ConfigurationError(f"{place}: must be a mapping of columns to values, got {value!r}")
        for column in columns:
            if column not in value:
                raise ConfigurationError(f"{place}: column {column!r} is missing")
        rows.append(Row(place, {str(k): _cell(place, str(k), v) for k, v in value.items()}))
    if not rows:
        raise ConfigurationError(f"{path}: holds no row")
    return rows


def _cell(place: str, column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ConfigurationError(f"{place}: column {column!r} must be text, got {value!r}")
    return str(value).strip()


def _yaml(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            raise ConfigurationError(f"{path}:{node.start_mark.line + 1}: must hold a list of rows")
        for item in node.value:
            yield item.start_mark.line + 1, loader.construct_object(item, deep=True)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not YAML: {error}") from error
    finally:
        loader.dispose()


def _csv(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        for name in header:
            if header.count(name) > 1:
                raise ConfigurationError(f"{path}:1: column {name!r} stands there twice")
        line = reader.line_num
        for cells in reader:
            first, line = line + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise ConfigurationError(
                    f"{path}:{first}: {len(cells)} cells for {len(header)} columns; quote cells with commas"
                )
            yield first, dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))
    except csv.Error as error:
        raise ConfigurationError(f"{path}:{reader.line_num}: not CSV: {error}") from error


def _jsonl(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            yield line, json.loads(content)
        except ValueError as error:
            raise ConfigurationError(f"{path}:{line}: not JSON: {error}") from error
