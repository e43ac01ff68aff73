"""What is found by comparing captured tables with what was seen of them before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oracle_cdc.changes.capture.findings import ALIKE, COMMAND, Finding, anew
from oracle_cdc.changes.capture.survey import Look, Survey


@dataclass
class EarlierLooks:
    """What former looks saw, of tables as events call them.

    Parameters:
        seen: tables of which the columns were seen.
        keyed: the primary keys by which the rows of tables were known.
        altered_at: when the last DDL was done on each.
    """

    seen: set[str] = field(default_factory=set)
    keyed: dict[str, Sequence[str]] = field(default_factory=dict)
    altered_at: dict[str, datetime] = field(default_factory=dict)

    def keep(self, survey: Survey) -> None:
        """Remember a look."""
        for look in survey.looks:
            table = look.registered.table
            if look.columns:
                self.seen.add(table)
            if look.key:
                self.keyed[table] = look.registered.keys
            if look.altered_at:
                self.altered_at[table] = look.altered_at

    def find_lost(self, survey: Survey) -> Iterator[Finding]:
        """Yield that tables or their keys are seen no more."""
        for look in survey.looks:
            table = look.registered.table
            if not look.columns and table in self.seen:
                yield lost_table(look)
            elif not look.key and self.keyed.get(table) == look.registered.keys:
                yield lost_key(look)

    def explain_ddl(self, look: Look) -> str:
        """Say that DDL was done on a table since the look before, "" where none was.

        Changes go by unseen while triggers are disabled, also where they are enabled again since.
        """
        former = self.altered_at.get(look.registered.table)
        if former is None or look.altered_at is None or look.altered_at <= former:
            return ""
        return (
            f"{look.registered.source.shown}: DDL was done on it or its triggers, the last at "
            f"{look.altered_at} by the clock of the database's host. Where triggers were disabled "
            f"for a while, or it was TRUNCATE or EXCHANGE PARTITION, changes went by unseen: "
            f"{anew(look)}. GRANT, CREATE INDEX and the like lose nothing"
        )


def lost_table(look: Look) -> Finding:
    """Return that a table is seen no more. One that is dropped loses its triggers and rights."""
    source = look.registered.source
    words = "it is seen no more: it was dropped, or a right was revoked"
    cure = (
        f"as its owner: GRANT SELECT, DEBUG ON {source.quoted} TO {look.registered.log.owner}; "
        f"where it was made anew, {COMMAND} install --table {source.typed}, then {COMMAND} "
        f"snapshot --table {source.typed}"
    )
    return Finding(source.shown, words, cure)


def lost_key(look: Look) -> Finding:
    """Return that a table has no primary key any more by which its rows are known."""
    source = look.registered.source
    columns = ", ".join(look.registered.keys)
    words = f"it has no primary key of {columns} any more: {ALIKE}"
    cure = f"ALTER TABLE {source.quoted} ADD PRIMARY KEY ({columns}), then {anew(look)}"
    return Finding(f"the key of {source.shown}", words, cure)
