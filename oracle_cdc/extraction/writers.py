"""The two formats of a sample: CSV for spreadsheets, JSON for looking and for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from oracle_cdc.extraction.cells import GUARD, Cells, is_formula
from oracle_cdc.extraction.files import PartFile
from oracle_cdc.extraction.model import Options, Written
from oracle_cdc.oracle.exact_rows import Values

#: Rows of the JSON file, which is for looking, at most.
JSON_ROWS = 100
BOM = b"\xef\xbb\xbf"


class Writer(Protocol):
    """Writes rows to one file, as they come."""

    def write(self, columns: Sequence[Values]) -> None: ...

    def end(self) -> None:
        """Write what is left."""

    def finish(self) -> Written: ...


class CsvFile:
    """Rows as a spreadsheet opens them."""

    def __init__(self, file: PartFile, cells: Sequence[Cells], options: Options) -> None:
        self.file = file
        self.cells = cells
        self.options = options
        if options.has_bom:
            file.write(BOM)
        names = []
        for each in cells:
            names.append(each.column.name)
            if is_formula(each.column.name) and not options.keeps_formulas:
                names[-1] = GUARD + each.column.name
        self.write_rows([names])

    def write(self, columns: Sequence[Values]) -> None:
        """Write the rows of one round trip."""
        written = []
        for each, values in zip(self.cells, columns, strict=True):
            cells = each.csv(values)
            if not self.options.keeps_formulas:
                cells = each.guard(cells)
            written.append(cells)
        self.write_rows(zip(*written, strict=True))

    def end(self) -> None:
        self.file.close()

    def finish(self) -> Written:
        return self.file.finish()

    def write_rows(self, rows: Iterable[Values]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.options.delimiter, lineterminator="\r\n")
        writer.writerows(rows)
        self.file.write(text.getvalue().encode())


class JsonFile:
    """The first rows as a list of objects, one value a line."""

    def __init__(self, file: PartFile, cells: Sequence[Cells], options: Options) -> None:
        self.file = file
        self.cells = cells
        self.keys = [json.dumps(each.column.name, ensure_ascii=False) for each in cells]
        self.count = 0
        file.write(b"[")

    def write(self, columns: Sequence[Values]) -> None:
        """Write the rows of one round trip, as long as there is room for more."""
        for row in zip(*columns, strict=True):
            if self.count == JSON_ROWS:
                return
            self.write_row(row)
            self.count += 1

    def write_row(self, row: Sequence[Any]) -> None:
        lines = []
        for key, each, value in zip(self.keys, self.cells, row, strict=True):
            lines.append(f"    {key}: {each.json(value)}")
        separator = ","
        if not self.count:
            separator = ""
        text = f"{separator}\n  {{\n" + ",\n".join(lines) + "\n  }"
        self.file.write(text.encode())

    def end(self) -> None:
        self.file.write(b"\n]\n")
        self.file.close()

    def finish(self) -> Written:
        return self.file.finish()


WRITERS: Mapping[str, Callable[[PartFile, Sequence[Cells], Options], Writer]] = {
    "csv": CsvFile,
    "json": JsonFile,
}
