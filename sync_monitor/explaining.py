"""What explains a look: the case that triage gets, what may be asked of it, what is kept of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sync_monitor.history import queries
from sync_monitor.history.consultations import newest_consultation, write_consultation
from sync_monitor.history.runbooks import write_runbooks
from sync_monitor.looks.looked import Looked
from sync_monitor.model import Sync
from sync_monitor.records import Consultation, KeptRunbook
from sync_monitor.rules.periods import window
from sync_monitor.triage.answer import Answer
from sync_monitor.triage.case import Case
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.triage.payload import Question, build_payload
from sync_monitor.verdicts import Reason

CaseOf = Callable[[sqlite3.Connection, Sync], Case]
QuestionOf = Callable[[sqlite3.Connection, Sync], Question | None]
RULES = "rules"


def case_of_history(connection: sqlite3.Connection, sync: Sync) -> Case:
    """Return what the history alone knows of the newest look at a sync.

    Raises LookupError where there was none yet.
    """
    newest = queries.looks(connection, sync.name, limit=1)
    if not newest:
        raise LookupError(f"{sync.name}: nobody has looked yet; first: monitor once")
    look = newest[0]
    well = queries.last_well(connection, sync.name)
    cells = queries.cells(connection, sync.name)
    in_window = []
    for partition in window(look.began, sync):
        if partition.key in cells:
            in_window.append(cells[partition.key])
    return Case(
        sync=sync,
        now=look.began,
        verdict=look.verdict,
        figures=look.figures,
        cells=tuple(in_window),
        issues=tuple(queries.open_issues(connection, sync.name)),
        error_code=look.error_code,
        lake_count_before=(
            None if well is None or well.figures is None else well.figures.lake_count
        ),
    )


def questions(case_of: CaseOf = case_of_history) -> QuestionOf:
    """Return what finds the question that a person may ask about a sync, None where it is well.

    Parameters:
        case_of: `case` of Rounds, which knows more than the history does alone.
    """

    def find(connection: sqlite3.Connection, sync: Sync) -> Question | None:
        try:
            return question_about(connection, case_of(connection, sync))
        except LookupError:
            return None

    return find


def question_about(connection: sqlite3.Connection, case: Case) -> Question | None:
    """Return what may be asked about a case, None where nothing is wrong.

    The rules' answer is the one that the look kept, which knew more than the history alone.
    """
    rules = diagnose(case)
    if rules is None:
        return None
    kept = newest_consultation(connection, case.sync.name, RULES)
    if kept is not None:
        rules = Answer.model_validate_json(kept.answer)
    return Question(case, rules)


def stopped_beside(looked: Mapping[str, Looked], sync: Sync) -> tuple[datetime, ...] | None:
    """Return when other syncs of the same loader that stand still got their newest rows."""
    if not sync.loader:
        return None
    found: list[datetime] = []
    for name, each in list(looked.items()):
        if name == sync.name or each.catalogs is None or each.newest is None:
            continue
        is_still = each.entry.look.verdict.has(Reason.LAG)
        if each.catalogs.sync.loader == sync.loader and is_still and each.newest.lake:
            found.append(each.newest.lake)
    return tuple(found)


def unregistered_of(found: Mapping[str, str] | None) -> tuple[str, ...] | None:
    """Return the keys of partitions that lie there unregistered."""
    if found is None:
        return None
    return tuple(sorted(found))


def keep_explanation(
    connection: sqlite3.Connection,
    case: Case,
    answer: Answer | None,
    runbooks: Sequence[KeptRunbook],
) -> None:
    """Keep what explains a look: the runbooks, and the rules' answer unless it is as before."""
    write_runbooks(connection, runbooks)
    if answer is None:
        return
    payload = build_payload(case, answer)
    before = newest_consultation(connection, case.sync.name, RULES)
    if before is not None and before.payload_key == payload.key:
        return
    known = queries.known_sync(connection, case.sync.name)
    write_consultation(
        connection,
        Consultation(
            sync=case.sync.name,
            run_id=(known.last_run if known is not None else None) or 0,
            source=RULES,
            model="",
            payload_key=payload.key,
            payload="",
            answer=answer.model_dump_json(),
            asked_at=case.now,
        ),
    )
