"""Installs capturing of a table, and widens what is installed, as far as this user may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS, choose
from oracle_cdc.changes.capture.dictionary import read_columns, read_triggers
from oracle_cdc.changes.capture.install_statements import Installation
from oracle_cdc.changes.capture.model import Capture, Column, Place, SourceTable
from oracle_cdc.changes.capture.naming import name_index, name_triggers
from oracle_cdc.changes.capture.numbering import require_sequence
from oracle_cdc.changes.capture.registry import Registered, read_registry, read_user
from oracle_cdc.errors import OracleConfigurationError, SettingsError
from oracle_cdc.oracle.ddl import WAIT_FOR_WRITERS
from oracle_cdc.oracle.session import Session


@dataclass(frozen=True)
class Wanted:
    """A table whose changes are to be captured.

    Parameters:
        table: its name in events.
        included: the columns that are asked for beside the keys, None for all.
        lobs: large objects too.
        has_all_columns: whatever columns it has are asked for, also those of later.
        is_seen: the table is as Oracle has it, not as its model does.
    """

    table: str
    source: SourceTable
    included: Sequence[str] | None = None
    lobs: bool = False
    has_all_columns: bool = False
    is_seen: bool = True


def plan(session: Session, wanted: Wanted) -> Installation:
    """Return what is to be installed, beside what is there already.

    Raises SettingsError for what can't be captured, OracleConfigurationError for numbers that would
    not rise on all instances.
    """
    registry = read_registry(session)
    require_sequence(session, registry)
    known = find_known(registry, wanted)
    taken = [each.log.name for each in registry]
    capture = choose(
        wanted.source, read_user(session), wanted.included, lobs=wanted.lobs, taken=taken
    )
    if known is not None:
        capture = replace(capture, log=known.log)
    refuse_others(session, capture)
    logged = read_columns(session, capture.log)
    return Installation(
        wanted.table,
        capture,
        wanted.has_all_columns or wanted.included is None,
        logged,
        bool(session.query("read_index", index_name=name_index(capture.log))),
        find_unwanted(wanted, capture, logged),
    )


def refuse_others(session: Session, capture: Capture) -> None:
    """Refuse to replace a trigger of our name that writes elsewhere, as far as it is seen.

    Raises SettingsError: it may be that of another service, which would lose its changes.
    """
    ours = name_triggers(capture.source)
    for state in read_triggers(session, capture.source):
        if state.name in ours and not state.writes_into(capture.log):
            place = Place(capture.source.owner, state.name)
            raise SettingsError(
                f"{place.shown}: a trigger of this name is there that does not write into "
                f"{capture.log.shown}, as that of another service; where nobody needs it: "
                f"DROP TRIGGER {place.quoted}"
            )


def find_unwanted(wanted: Wanted, capture: Capture, logged: Sequence[Column]) -> Sequence[str]:
    """Return the columns of a change table that its source has no more, or nobody asks for."""
    if not wanted.is_seen:
        return ()
    kept = {*OWN_COLUMNS, *(column.name for column in capture.columns)}
    return [column.name for column in logged if column.name not in kept]


def find_known(registry: Sequence[Registered], wanted: Wanted) -> Registered | None:
    """Return the table as it is registered, None where it is not.

    Raises SettingsError for a name that is another table's.
    """
    known = None
    for each in registry:
        if each.source == wanted.source.place:
            known = each
        elif each.table == wanted.table:
            raise SettingsError(
                f"{wanted.source.place.shown}: events call {each.source.shown} {each.table} "
                "already; allowed: another name as `table` of its model"
            )
    if known is not None and known.table != wanted.table:
        raise SettingsError(
            f"{known.source.shown} is captured as {known.table}, not as {wanted.table}; "
            "`changes uninstall` it first"
        )
    return known


def install_own(session: Session, installation: Installation) -> None:
    """Make what the service's user owns: before this, triggers would have nothing to write into.

    Where the change table is there already, applications write into it all the time.
    """
    session.run(WAIT_FOR_WRITERS)
    for statement in installation.own_statements():
        session.run(statement)


def install_triggers(session: Session, statements: Sequence[str]) -> bool:
    """Make the triggers, and return whether this user may."""
    for statement in statements:
        try:
            session.run(statement)
        except OracleConfigurationError:
            return False
    return True
