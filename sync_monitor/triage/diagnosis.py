"""What the rules say of a case: its cause, what is ruled out, and what is to be done. Offline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync_monitor.measurements import Cell, CellState
from sync_monitor.model import Severity
from sync_monitor.triage.answer import (
    LONGEST_SUMMARY,
    Action,
    ActionCode,
    Answer,
    Cause,
    FigureId,
)
from sync_monitor.triage.case import Aliases, Case, aliases_of
from sync_monitor.triage.causes import OTHER, RULES, Rule
from sync_monitor.triage.conditions import exceeds
from sync_monitor.verdicts import Issue, IssueKind, Reason

#: Of the partitions that a summary names.
MOST_NAMED = 5
#: Codes of Oracle for what was not granted, and for a log-in that was refused.
NOT_GRANTED = frozenset(("ORA-01031", "ORA-00942", "ORA-41900"))
NOT_ADMITTED = frozenset(("ORA-01017", "ORA-28000", "ORA-28001", "ORA-01005"))
#: Issues whose runbook writes, or registers, what is missing.
HEALED_BY_RUNBOOK = frozenset(
    (IssueKind.NO_PARTITION, IssueKind.ROWS_MISSING, IssueKind.ROWS_EXTRA, IssueKind.ROWS_CHANGED)
)


def diagnose(case: Case) -> Answer | None:
    """Return what the rules say of a case, None where nothing wrong is known.

    The first rule that applies is the cause. The summary has those that apply too.
    """
    if is_well(case) and not case.faulty:
        return None
    applying: list[Rule] = []
    ruled_out: list[Cause] = []
    for rule in RULES:
        applies = rule.applies(case)
        if applies:
            applying.append(rule)
        elif applies is False:
            ruled_out.append(rule.cause)
    applying = applying or [OTHER]
    return Answer(
        source="rules",
        model="",
        cause=applying[0].cause,
        confidence=applying[0].confidence,
        summary=summarize(applying, case),
        evidence=cited(applying),
        ruled_out=tuple(ruled_out),
        actions=actions_of(applying, case),
        asked_at=case.now,
    )


def is_well(case: Case) -> bool:
    """Return whether a look found nothing wrong in what it measured, however little that is."""
    if case.verdict.severity is Severity.OK or case.verdict.has(Reason.NOTHING_JUDGED):
        return True
    return all(each.reason is Reason.PARTLY_MEASURED for each in case.verdict.findings)


def summarize(rules: Sequence[Rule], case: Case) -> str:
    """Return the sentences of the rules that apply, as far as there is room."""
    days = {
        "absent": name_days(cell for cell in case.faulty if cell.state is CellState.NO_PARTITION),
        "partial": name_days(cell for cell in case.faulty if cell.state is CellState.ROWS_MISSING),
        "extra": name_days(filter(exceeds, case.faulty)),
        "changed": name_days(cell for cell in case.faulty if cell.state is CellState.CHANGED),
    }
    text = ""
    for rule in rules:
        sentence = rule.summary.format(**days)
        if len(text) + 1 + len(sentence) > LONGEST_SUMMARY:
            break
        text = f"{text} {sentence}".strip()
    return text


def name_days(cells: Iterable[Cell]) -> str:
    """Return the first of some partitions, and how many more there are."""
    keys = [cell.partition.key for cell in cells]
    if not keys:
        return "some partitions"
    text = ", ".join(keys[:MOST_NAMED])
    if len(keys) > MOST_NAMED:
        text += f" and {len(keys) - MOST_NAMED} more"
    return text


def cited(rules: Sequence[Rule]) -> tuple[FigureId, ...]:
    """Return the figures that the rules cite, each once."""
    found: dict[FigureId, None] = {}
    for rule in rules:
        found.update(dict.fromkeys(rule.evidence))
    return tuple(found)


def actions_of(rules: Sequence[Rule], case: Case) -> tuple[Action, ...]:
    """Return what is to be done, each once, with what it is done to."""
    aliases = aliases_of(case)
    codes: dict[ActionCode, None] = {}
    for rule in rules:
        if rule.cause is Cause.NOT_MEASURED:
            codes[after_failure(case.error_code)] = None
        codes.update(dict.fromkeys(rule.actions))
    actions: list[Action] = []
    for code in codes:
        runbooks = runbooks_for(code, case.issues)
        if not runbooks:
            actions.append(Action(code=code, target=target_of(code, case, aliases)))
        for number in runbooks:
            actions.append(Action(code=code, target="T1", runbook=number))
    return tuple(actions)


def after_failure(error_code: str) -> ActionCode:
    """Return what is to be done about a look that failed."""
    if error_code in NOT_GRANTED:
        return ActionCode.ASK_FOR_GRANT
    if error_code in NOT_ADMITTED:
        return ActionCode.CHECK_LOGIN
    if error_code.startswith("STREAM-"):
        return ActionCode.CHECK_PIPELINE
    return ActionCode.CHECK_REACHABLE


def runbooks_for(code: ActionCode, issues: Sequence[Issue]) -> list[int]:
    """Return the numbers of the confirmed issues whose runbooks an action means."""
    kinds: frozenset[IssueKind] = frozenset()
    if code is ActionCode.RUN_RUNBOOK:
        kinds = HEALED_BY_RUNBOOK - {IssueKind.ROWS_EXTRA}
    elif code is ActionCode.REGISTER_PARTITION:
        kinds = frozenset((IssueKind.NO_PARTITION,))
    elif code is ActionCode.REPLAY_SET_ASIDE:
        kinds = frozenset((IssueKind.SET_ASIDE,))
    elif code is ActionCode.LOOK_AT_DOUBLES:
        kinds = frozenset((IssueKind.ROWS_EXTRA,))
    found: list[int] = []
    for issue in issues:
        if issue.kind in kinds and issue.number is not None and issue.confirmed_at is not None:
            found.append(issue.number)
    return found


def target_of(code: ActionCode, case: Case, aliases: Aliases) -> str | None:
    """Return the alias of what an action is done to."""
    if code is ActionCode.CHECK_LOADER and case.sync.loader:
        return aliases.of(case.sync.loader)
    if code is ActionCode.ADD_COLUMN and "C1" in aliases.known:
        return "C1"
    return "T1"
