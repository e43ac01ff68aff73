"""What `health` asks of Oracle where changes are shipped from here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from oracle_cdc.changes.capture.findings import Limits, find_all
from oracle_cdc.changes.capture.survey import Survey, read_survey
from oracle_cdc.changes.edges import open_oracle
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.login import password_of
from oracle_cdc.processor.health import Finding
from oracle_cdc.running.amounts import counted

TRIGGERS, LOG = "triggers", "oldest change in Oracle"


def look_at_oracle(settings: ChangesSettings) -> Sequence[Finding]:
    """Return whether triggers and change tables are well, and how old the oldest change is.

    Raises nothing that Oracle raises.
    """
    password = password_of(settings.oracle, settings.given)
    try:
        with closing(open_oracle(settings, password)) as database, database.session() as session:
            survey = read_survey(session)
    except CdcError as error:
        return [Finding(TRIGGERS, False, str(error))]
    return [judge(survey, settings), measure_log(survey, settings)]


def judge(survey: Survey, settings: ChangesSettings) -> Finding:
    """Return whether something is to be put right, and the first of it."""
    rules = settings.changes
    limits = Limits(rules.max_log_rows, rules.max_log_age_seconds)
    findings = list(map(str, find_all(survey, limits)))
    if findings:
        return Finding(TRIGGERS, False, "\n".join(findings), float(len(findings)))
    return Finding(TRIGGERS, True, f"{counted(len(survey.looks), 'table')} captured", 0.0)


def measure_log(survey: Survey, settings: ChangesSettings) -> Finding:
    """Return how long the oldest change waits to be shipped."""
    seconds = max(ages(survey), default=0.0)
    is_well = seconds <= settings.ready_limit_seconds
    return Finding(LOG, is_well, f"waits for {seconds:.0f} s", seconds)


def ages(survey: Survey) -> Iterator[float]:
    """Yield how old the oldest change of each table is that is shipped."""
    for look in survey.looks:
        if look.registered.is_enabled and look.backlog and look.backlog.oldest:
            yield (survey.now - look.backlog.oldest).total_seconds()
