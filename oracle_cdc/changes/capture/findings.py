"""What is wrong with captured tables, each with what cures it, and what this user can't see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS, choose
from oracle_cdc.changes.capture.ddl import IMAGES
from oracle_cdc.changes.capture.drift import find_drift
from oracle_cdc.changes.capture.model import Capture, SourceTable
from oracle_cdc.changes.capture.naming import SEQUENCE, name_trigger
from oracle_cdc.changes.capture.numbering import explain_behind, restart
from oracle_cdc.changes.capture.survey import Look, Survey
from oracle_cdc.changes.capture.trigger_faults import Fault, find_faults
from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.identifiers import quote
from oracle_cdc.running.amounts import counted

COMMAND = "python cdc_service.py changes"
STOPS = "the application gets ORA-04098"
ALIKE = "rows that have the same key, or none, are one to consumers"


@dataclass(frozen=True)
class Limits:
    """From when on a change table that grows is a finding."""

    rows: int
    age_seconds: float


@dataclass(frozen=True)
class Finding:
    """What a person must put right.

    Parameters:
        subject: what it is about, the same while it lasts.
        words: what is wrong.
        cure: the statement or the command that puts it right.
    """

    subject: str
    words: str
    cure: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.words}; {self.cure}"


def find_all(survey: Survey, limits: Limits) -> Iterator[Finding]:
    """Yield what is wrong, the worst of each thing."""
    if survey.order_flag == "N":
        words = "it is NOORDER: on a cluster a row's changes come in a wrong order"
        yield Finding(SEQUENCE, words, f"ALTER SEQUENCE {SEQUENCE} ORDER")
    elif survey.order_flag is None:
        words = f"there is no such sequence: {STOPS} on every captured table"
        yield Finding(SEQUENCE, words, "python cdc_service.py init-tables")
    elif survey.greater is not None:
        yield Finding(SEQUENCE, explain_behind(survey.greater), restart(survey.greater))
    for look in survey.looks:
        yield from find_of_table(look)
        yield from find_broken_key(look)
        yield from find_backlog(look, survey, limits)


def find_of_table(look: Look) -> Iterator[Finding]:
    """Yield what keeps changes of a table from being written down, or its application from work."""
    registered = look.registered
    source, log = registered.source.shown, registered.log.shown
    typed = registered.source.typed
    install = f"{COMMAND} install --table {typed}"
    if not look.logged:
        words = f"it is gone, the change table of {source}: {STOPS}"
        yield Finding(log, words, f"{install}, or {disable(look)}")
        return
    if not look.columns:
        yield from find_switched(look)
        return
    try:
        capture = expect(look)
        faults = list(find_faults(capture, look.triggers))
    except SettingsError as error:
        yield Finding(source, f"it can't be captured as it is now: {error}", disable(look))
        return
    drift = find_drift(capture, SourceTable(registered.source, look.columns, ()), look.logged)
    if gone := find_gone(look, drift.removed):
        yield gone
    elif drift.added:
        names = ", ".join(column.name for column in drift.added)
        cure = f"{COMMAND} models --table {typed}, look at it, then {install}"
        yield Finding(source, f"columns are not captured: {names}", cure)
    elif drift.retyped:
        words = f"columns are of another type now: {', '.join(drift.retyped)}"
        cure = f"once all is shipped: {COMMAND} uninstall --table {typed}, then {install}"
        yield Finding(source, words, cure)
    elif look.sees_triggers:
        for fault in faults:
            yield as_finding(fault, look)


def find_gone(look: Look, removed: Sequence[str]) -> Finding | None:
    """Return that triggers name columns that the source has no more, None where none does.

    Such a column may stay in the change table: triggers that a DBA made anew do not fill it.
    """
    naming = [state for state in look.triggers if names_any(state.body, removed)]
    if not removed or (look.sees_triggers and not naming):
        return None
    source, typed = look.registered.source.shown, look.registered.source.typed
    install = f"{COMMAND} install --table {typed}"
    words = f"columns are gone that are captured ({', '.join(removed)})"
    if look.sees_triggers and not any(state.is_enabled for state in naming):
        words = f"{words}, and the triggers are disabled: changes go by unseen"
        return Finding(source, words, f"{install}, then {COMMAND} snapshot --table {typed}")
    return Finding(source, f"{words}: {STOPS}", f"{install}, or {disable(look)}")


def names_any(body: str, columns: Sequence[str]) -> bool:
    """Return whether the body of a trigger of ours names one of these columns."""
    return any(quote(column) in body for column in columns)


def find_switched(look: Look) -> Iterator[Finding]:
    """Yield what is wrong with triggers whose table this user does not see."""
    if not look.sees_triggers:
        return
    known = {state.name: state for state in look.triggers}
    for event in IMAGES:
        place = name_trigger(look.registered.source, event)
        state = known.get(place.name)
        if state is None:
            yield as_finding(Fault(place, "it is missing", False, ""), look)
        elif not state.is_enabled:
            cure = f"ALTER TRIGGER {place.quoted} ENABLE"
            yield as_finding(Fault(place, "it is disabled", False, cure), look)
        elif state.is_valid is False:
            yield as_finding(Fault(place, "it does not compile", True, ""), look)
        elif not state.writes_into(look.registered.log):
            words = f"it does not write into {look.registered.log.shown}"
            yield as_finding(Fault(place, words, False, ""), look)


def as_finding(fault: Fault, look: Look) -> Finding:
    """Return what is wrong with a trigger with a cure that fits into a line."""
    typed = look.registered.source.typed
    install = f"{COMMAND} install --table {typed}"
    snapshot = f"{COMMAND} snapshot --table {typed}"
    if fault.stops_application:
        words = f"{fault.words}: {STOPS} unless Oracle can compile it at the next change"
        return Finding(fault.trigger.shown, words, f"{install}, or {disable(look)}")
    cure = install
    if fault.cure.startswith("ALTER"):
        cure = fault.cure
        snapshot += " --anew"
    words = f"{fault.words}: changes go by unseen"
    return Finding(fault.trigger.shown, words, f"{cure}, then {snapshot}")


def find_broken_key(look: Look) -> Iterator[Finding]:
    """Yield that the key by which rows are known holds no more."""
    if look.key is None or not look.key.reason:
        return
    source = look.registered.source
    words = f"its primary key {look.key.name} {look.key.reason}: {ALIKE}"
    enable = f"ALTER TABLE {source.quoted} ENABLE CONSTRAINT {quote(look.key.name)}"
    cure = f"{enable}, not deferrable, with a unique index, then {anew(look)}"
    yield Finding(f"the key of {source.shown}", words, cure)


def anew(look: Look) -> str:
    """Return the command that shows every row of a table once more."""
    return f"{COMMAND} snapshot --table {look.registered.source.typed} --anew"


def find_backlog(look: Look, survey: Survey, limits: Limits) -> Iterator[Finding]:
    """Yield that a change table grows, which fills its tablespace in the end."""
    if look.backlog is None or look.backlog.oldest is None:
        return
    age_seconds = (survey.now - look.backlog.oldest).total_seconds()
    rows = look.backlog.rows
    if rows <= limits.rows and age_seconds <= limits.age_seconds:
        return
    words = (
        f"{counted(rows, 'row waits', 'rows wait')} in it, the oldest for {age_seconds:.0f} s "
        f"(at most {limits.rows} rows, {limits.age_seconds:g} s); "
        "a full tablespace fails the application (ORA-01653)"
    )
    cure = f"see that `changes` ships; where it is about to fill, {disable(look)}"
    yield Finding(look.registered.log.shown, words, cure)


def disable(look: Look) -> str:
    """Return what frees the application at once. What changes meanwhile needs a snapshot."""
    source = look.registered.source
    names = [name_trigger(source, event).quoted for event in IMAGES]
    switched = "; ".join(f"ALTER TRIGGER {name} DISABLE" for name in names)
    return f"to free the application: {switched}; and later {anew(look)}"


def expect(look: Look) -> Capture:
    """Return what is to be captured of a table as it is now.

    Raises SettingsError where it can't be.
    """
    registered = look.registered
    included = None
    if not registered.has_all_columns:
        there = {column.name for column in look.columns}
        included = [
            column.name
            for column in look.logged
            if column.name in there and column.name not in OWN_COLUMNS
        ]
    capture = choose(
        SourceTable(registered.source, look.columns, registered.keys),
        registered.log.owner,
        included,
        lobs=registered.lobs,
    )
    # Another table of this name may have the change table that would be the first choice.
    return replace(capture, log=registered.log)


def find_unseen(look: Look) -> Sequence[str]:
    """Return what this user can't see of a table, which is not to be taken for well."""
    unseen = []
    if not look.columns:
        unseen.append("its columns")
    if not look.sees_triggers:
        unseen.append("whether its triggers are there and enabled")
    if not look.sees_validity:
        unseen.append("whether they compile")
    return unseen


def explain_unseen(look: Look) -> str:
    """Return what can't be seen of a table with the right that shows it, "" where all can."""
    unseen = find_unseen(look)
    if not unseen:
        return ""
    source = look.registered.source
    right = f"GRANT DEBUG ON {source.quoted} TO {look.registered.log.owner}"
    return f"{source.shown}: not seen: {', '.join(unseen)}; as its owner: {right}"
