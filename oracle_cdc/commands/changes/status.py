"""`status` of changes: what waits in each change table, and what a person must put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from oracle_cdc.changes.capture.findings import Finding, Limits, explain_unseen, find_all
from oracle_cdc.changes.capture.survey import Look, Survey, read_survey
from oracle_cdc.changes.edges import open_oracle
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.commands.status_report import Part, seconds_in_words
from oracle_cdc.errors import CdcError, ExitCode
from oracle_cdc.oracle.login import password_of
from oracle_cdc.running.terminal import Line, Report, utc_text


def report_changes(settings: ChangesSettings) -> Part:
    """Return the report, with the exit code 0, or that of Oracle where it can't be asked.

    What it would have said shows as null, with the reason, and changes as not ready.
    """
    try:
        survey = ask_oracle(settings)
    except CdcError as error:
        below: Report = dict.fromkeys(("tables", "findings", "notSeen", "lagSeconds"))
        return Part([str(error)], {}, below, [("changes", "not known")], error.exit_code)
    rules = settings.changes
    findings = list(find_all(survey, Limits(rules.max_log_rows, rules.max_log_age_seconds)))
    below = make_report(survey, findings)
    reasons = find_reasons(findings, below["lagSeconds"], settings.ready_limit_seconds)
    return Part(reasons, {}, below, list(lines_of(below)), ExitCode.DONE)


def ask_oracle(settings: ChangesSettings) -> Survey:
    """Look at all captured tables."""
    password = password_of(settings.oracle, settings.given)
    with closing(open_oracle(settings, password)) as database, database.session() as session:
        return read_survey(session)


def find_reasons(
    findings: Sequence[Finding], lag_seconds: float, limit_seconds: float
) -> list[str]:
    """Return why changes are not ready: what must be put right, and changes that nobody ships."""
    reasons = list(map(str, findings))
    if lag_seconds > limit_seconds:
        reasons.append(
            f"changes wait for {lag_seconds:.0f} s: see systemctl status, cdc_errors.log"
        )
    return reasons


def make_report(survey: Survey, findings: Sequence[Finding]) -> Report:
    """Return what stands below the pipeline's name."""
    tables = [describe(look, survey) for look in survey.looks]
    ages = [table["oldestSeconds"] for table in tables if table["enabled"]]
    return {
        "tables": tables,
        "findings": list(map(str, findings)),
        "notSeen": list(filter(None, map(explain_unseen, survey.looks))),
        "lagSeconds": max(filter(None, ages), default=0.0),
    }


def describe(look: Look, survey: Survey) -> Report:
    """Return what is known of one captured table."""
    registered = look.registered
    report: Report = {
        "table": registered.table,
        "source": registered.source.shown,
        "enabled": registered.is_enabled,
        "waiting": None,
        "oldestSeconds": None,
        "shipped": registered.total_shipped,
        "lastShippedAt": utc_text(registered.last_shipped_at),
    }
    if look.backlog is not None:
        report["waiting"] = look.backlog.rows
        if look.backlog.oldest is not None:
            report["oldestSeconds"] = (survey.now - look.backlog.oldest).total_seconds()
    return report


def lines_of(report: Report) -> Iterator[Line]:
    """Yield what stands left and right in each line."""
    yield "changes behind the clock", seconds_in_words(report["lagSeconds"])
    for table in report["tables"]:
        yield f"changes of {table['table']}", in_words(table)
    for finding in report["findings"]:
        yield "to put right", finding
    for unseen in report["notSeen"]:
        yield "", unseen


def in_words(table: Report) -> str:
    """Return how a captured table is, in a line."""
    if table["waiting"] is None:
        return "its change table is gone"
    text = f"{table['waiting']} rows wait"
    if table["waiting"] == 1:
        text = "1 row waits"
    if table["oldestSeconds"] is not None:
        text += f", the oldest for {table['oldestSeconds']:.0f} s"
    text += f"; {table['shipped']} shipped"
    if table["lastShippedAt"]:
        text += f", the last {table['lastShippedAt']}"
    if not table["enabled"]:
        text += "; paused"
    return text
