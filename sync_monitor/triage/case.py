"""All that triage may know of a sync that is not well: figures and dates, no row and no text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_monitor.measurements import Cell, CellState, Figures, Newest, SchemaDifference
from sync_monitor.model import Sync
from sync_monitor.verdicts import Issue, IssueKind, Verdict


@dataclass(frozen=True)
class Case:
    """What a look found, and what is known beside it. None: not looked for, or not measured.

    Parameters:
        cells: of the window, ascending.
        issues: that are open.
        error_code: of a look that failed.
        unregistered: partitions whose files lie in the lake though it does not know them.
        stopped_at: when each other sync of the same loader that stands still got its newest row.
        cdc_lag: of what carries changes between databases, such as GoldenGate.
        cdc_limit: from where on that is too much.
        lake_count_before: of the last look that found the sync well.
    """

    sync: Sync
    now: datetime
    verdict: Verdict
    figures: Figures | None = None
    cells: tuple[Cell, ...] = ()
    issues: tuple[Issue, ...] = ()
    error_code: str = ""
    newest: Newest | None = None
    schema: SchemaDifference | None = None
    unregistered: tuple[str, ...] | None = None
    stopped_at: tuple[datetime, ...] | None = None
    cdc_lag: timedelta | None = None
    cdc_limit: timedelta | None = None
    lake_count_before: int | None = None

    @property
    def set_aside(self) -> int | None:
        """Return what a pipeline's destination refused, None of what is no pipeline of ours."""
        if not self.sync.is_pipeline or self.figures is None:
            return None
        for issue in self.issues:
            if issue.kind is IssueKind.SET_ASIDE:
                return issue.rows
        return 0

    @property
    def judged(self) -> list[Cell]:
        """Return the cells that figures are made of."""
        return [cell for cell in self.cells if cell.is_judged]

    @property
    def faulty(self) -> list[Cell]:
        """Return the cells that do not agree."""
        return [cell for cell in self.cells if cell.is_faulty]

    @property
    def absent(self) -> list[str]:
        """Return the keys of the partitions that the lake has not."""
        return [cell.partition.key for cell in self.cells if cell.state is CellState.NO_PARTITION]

    @property
    def doubled(self) -> int | None:
        """Return the further copies of all cells whose rows were compared, None of none."""
        found = None
        for cell in self.judged:
            if cell.differences is not None and cell.differences.doubled is not None:
                found = (found or 0) + cell.differences.doubled
        return found


@dataclass(frozen=True)
class Aliases:
    """What stands for the names of a case in everything that leaves: T1, L1, C1, C2 ..."""

    names: tuple[tuple[str, str], ...]

    @property
    def known(self) -> tuple[str, ...]:
        """Return the aliases."""
        return tuple(alias for alias, _ in self.names)

    def of(self, name: str) -> str | None:
        """Return the alias of a name, None of one that has none."""
        for alias, known in self.names:
            if known == name:
                return alias
        return None

    def name_of(self, alias: str | None) -> str:
        """Return the name that an alias stands for, empty for one that is none."""
        return dict(self.names).get(alias or "", "")


def aliases_of(case: Case) -> Aliases:
    """Return the aliases of a case: of its sync, its loader, its columns."""
    return Aliases(tuple(make_aliases(case)))


def make_aliases(case: Case) -> Iterator[tuple[str, str]]:
    """Yield each alias with what it stands for."""
    yield "T1", case.sync.name
    if case.sync.loader:
        yield "L1", case.sync.loader
    if case.schema is not None:
        names = (*case.schema.missing, *case.schema.retyped)
        for number, name in enumerate(names, 1):
            yield f"C{number}", name
