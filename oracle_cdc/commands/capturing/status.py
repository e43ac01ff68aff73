"""`changes status`: what is captured, what waits, what is wrong, and what can't be seen."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

from oracle_cdc.changes.capture.findings import Limits, explain_unseen, find_all
from oracle_cdc.changes.capture.survey import Survey, read_survey
from oracle_cdc.changes.command_settings import CapturingSettings
from oracle_cdc.commands.capturing.database import open_oracle
from oracle_cdc.commands.capturing.named_tables import need_registered, parse_place
from oracle_cdc.commands.changes.status import in_words, make_report
from oracle_cdc.errors import ExitCode
from oracle_cdc.running.terminal import complain, say, warn

#: A person judges whether a change table is too large.
NO_LIMITS = Limits(rows=10**18, age_seconds=10.0**18)


def show_captured(settings: CapturingSettings, options: Namespace) -> ExitCode:
    """Show all captured tables, or one, and return 1 when something is wrong."""
    with open_oracle(settings) as database, database.session() as session:
        survey = read_survey(session)
        if options.table:
            survey = only(survey, need_registered(session, parse_place(options.table)).table)
    findings = list(find_all(survey, NO_LIMITS))
    report = make_report(survey, findings)
    if options.as_json:
        say(json.dumps(report, ensure_ascii=False))
    else:
        show_lines(survey)
        for finding in findings:
            complain(finding.subject, f"{finding.words}; {finding.cure}")
    if findings:
        return ExitCode.FAILED
    return ExitCode.DONE


def only(survey: Survey, table: str) -> Survey:
    """Return what was seen of one table."""
    looks = [look for look in survey.looks if look.registered.table == table]
    return replace(survey, looks=looks)


def show_lines(survey: Survey) -> None:
    """Print a line for each table, and what can't be seen of it."""
    if not survey.looks:
        say("no table is captured; `changes install --table OWNER.TABLE` captures one")
    for table in make_report(survey, [])["tables"]:
        say(f"{table['source']} as {table['table']}: {in_words(table)}")
    for look in survey.looks:
        unseen = explain_unseen(look)
        if unseen:
            warn(unseen)
