"""The parts of an XLSX file before openpyxl reads them: what it would pass over in silence, or let grow."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

UNPACKED_LIMIT = 64 * 2**20
PARTS_LIMIT = 2000
MERGED_LIMIT = 200_000
# ECMA-376, 18.18.11: what a cell can be.
_TYPES = ("b", "d", "e", "inlineStr", "n", "s", "str")
_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_DAMAGED = "，文件可能已损坏；请用 Excel 或 WPS 打开后另存"


class PartRefused(ValueError):
    """Why a file is not read at all, for a maintainer."""


def check_parts(data: bytes) -> None:
    """Check every XML part of a file.

    Raises PartRefused for parts that unpack to more than 64 MiB or merges of more than 200,000 cells, and
    for cells out of place or whose content does not go with their type; BadZipFile, ParseError and
    defusedxml's errors for what is no XLSX file.
    """
    from defusedxml.ElementTree import iterparse

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
            raise PartRefused(f"解压后太大，最多 {UNPACKED_LIMIT // 2**20} MiB")
        merged = 0
        for part in parts:
            if not part.filename.endswith(".xml"):
                continue
            check = _PartCheck()
            with archive.open(part) as stream:
                for _, element in iterparse(stream):
                    check.take(element)
            merged += check.merged
    if merged > MERGED_LIMIT:
        raise PartRefused(f"合并的单元格太多，最多 {MERGED_LIMIT} 格")


class _PartCheck:
    """Sees the elements of one part as they end; `merged` counts the cells that its merges cover."""

    def __init__(self) -> None:
        self.merged = 0
        self._row = 0
        self._has_references: bool | None = None

    def take(self, element: Any) -> None:
        tag = _name(element)
        if tag == "mergeCell":
            self.merged += _area(element.get("ref", ""))
        elif tag == "row":
            self._take_row(element)
        elif tag == "sheetData" and len(element) and any(_name(row) != "row" for row in element):
            raise PartRefused(f"工作表里有不认识的内容{_DAMAGED}")
        if tag in ("row", "si"):
            element.clear()

    def _take_row(self, row: Any) -> None:
        """Rows and cells carry their place all or none, in rising order: ECMA-376, 18.3.1.4 and 18.3.1.73."""
        number = row.get("r")
        if number is not None:
            if not number.isdecimal() or int(number) <= self._row:
                raise PartRefused(f"第 {number} 行的位置不对{_DAMAGED}")
            self._row = int(number)
        column = 0
        for cell in row:
            reference = cell.get("r")
            if _name(cell) not in ("c", "extLst"):
                raise PartRefused(f"第 {number} 行里有不认识的内容{_DAMAGED}")
            if self._has_references is None:
                self._has_references = reference is not None
            if (reference is not None) != self._has_references:
                raise PartRefused(f"第 {number} 行有单元格没有位置{_DAMAGED}")
            if reference is not None:
                column = _column_after(column, reference, number)
            _check_content(cell)


def _column_after(column: int, reference: str, row: str | None) -> int:
    from openpyxl.utils import column_index_from_string

    match = _REFERENCE.fullmatch(reference)
    place = column_index_from_string(match[1]) if match else 0
    if match is None or place <= column or (row is not None and match[2] != row):
        raise PartRefused(f"单元格 {reference} 的位置不对{_DAMAGED}")
    return place


def _check_content(cell: Any) -> None:
    holders = {_name(child) for child in cell if "".join(child.itertext()).strip()}
    read = {"is"} if cell.get("t") == "inlineStr" else {"v", "f"}
    if cell.get("t", "n") not in _TYPES or not holders <= read or (cell.text or "").strip():
        raise PartRefused(f"单元格 {cell.get('r', '')} 的内容与类型不符{_DAMAGED}")


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _area(reference: str) -> int:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(reference)
    return (right - left + 1) * (bottom - top + 1) if left and top and right and bottom else MERGED_LIMIT + 1
