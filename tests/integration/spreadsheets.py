"""LibreOffice, as a spreadsheet that nobody here wrote: it opens CSV files, openpyxl reads them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice")
#: A comma between cells, a quote around them, UTF-8, from the first line on.
COMMA_QUOTE_UTF8 = "CSV:44,34,76,1"
TEXT = 2

needs_libreoffice = pytest.mark.skipif(
    OFFICE is None, reason="no LibreOffice here: apt-get install libreoffice-calc-nogui"
)


@dataclass(frozen=True)
class Cell:
    """What a spreadsheet made of a cell: a value, and whether it calculated it."""

    value: object
    is_formula: bool


Sheet = dict[str, list[Cell]]


def open_in_spreadsheet(
    files: Sequence[Path], folder: Path, text_columns: Sequence[int]
) -> list[Sheet]:
    """Return the columns of CSV files as LibreOffice opens them, by their headers.

    text_columns: those, counted from 1, that the person who opens them marks as text.
    """
    marks = "/".join(f"{column}/{TEXT}" for column in text_columns)
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += [f"--infilter={COMMA_QUOTE_UTF8},{marks}", "--convert-to", "xlsx"]
    command += ["--outdir", str(folder), *map(str, files)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    sheets = []
    for file in files:
        made = folder / file.with_suffix(".xlsx").name
        assert made.exists(), ended.stdout + ended.stderr
        sheets.append(read_sheet(made))
    return sheets


def read_sheet(file: Path) -> Sheet:
    """Return the columns of a sheet by their headers."""
    import openpyxl  # 0.1 s that no other test need wait for

    book = openpyxl.load_workbook(file)
    columns: Sheet = {}
    assert book.active is not None
    for header, *below in book.active.iter_cols():
        cells = [Cell(header.value, header.data_type == "f")]
        for cell in below:
            cells.append(Cell(cell.value, cell.data_type == "f"))
        columns[str(header.value)] = cells
    book.close()
    return columns
