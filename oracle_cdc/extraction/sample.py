"""One table's sample: rows as they stream in, to a file of each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from oracle_cdc.extraction.cells import Cells
from oracle_cdc.extraction.files import part_file
from oracle_cdc.extraction.model import Options, Written
from oracle_cdc.extraction.selection import Selection
from oracle_cdc.extraction.writers import WRITERS
from oracle_cdc.oracle.exact_rows import fetch_columns
from oracle_cdc.oracle.session import Session

#: Is called with the number of rows that were written since.
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Sample:
    """What was written of a table. files: by their format."""

    rows: int
    files: Mapping[str, Written]
    cells: Sequence[Cells] = field(repr=False)


@dataclass(frozen=True)
class Target:
    """Where a sample goes. stem: the path without `.csv` and `.json`."""

    stem: Path
    options: Options
    advance: Advance

    def path(self, form: str) -> Path:
        return self.stem.with_name(f"{self.stem.name}.{form}")


def write_sample(
    session: Session, selection: Selection, cells: Sequence[Cells], target: Target
) -> Sample:
    """Write the rows of one table to a file of each format that is wanted.

    Until all of it is written none of the files is there.
    """
    rows = 0
    with ExitStack() as stack:
        writers = {}
        for form in target.options.formats:
            file = stack.enter_context(part_file(target.path(form)))
            writers[form] = WRITERS[form](file, cells, target.options)
        fetched = stack.enter_context(
            closing(fetch_columns(session, selection.query, selection.rows_per_fetch))
        )
        for columns in fetched:
            taken = []
            for each, values in zip(cells, columns, strict=True):
                taken.append(each.take(values))
            for writer in writers.values():
                writer.write(taken)
            rows += len(taken[0])
            target.advance(len(taken[0]))
        for writer in writers.values():
            writer.end()
        files = {form: writer.finish() for form, writer in writers.items()}
    return Sample(rows, files, cells)
