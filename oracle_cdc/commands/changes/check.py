"""`check` of changes: asks the stream, the dead letters, the registry and the triggers.

It sends and writes nothing, and takes no lock.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing

from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.limits import USUAL_RECORD_BYTES
from oracle_cdc.aws.kinesis.stream import StreamFacts, read_facts
from oracle_cdc.aws.rights import Need
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.changes.capture.findings import Limits, explain_unseen, find_all
from oracle_cdc.changes.capture.survey import Survey, read_survey
from oracle_cdc.changes.edges import make_aws_session, open_dead_letters
from oracle_cdc.changes.lanes.look import Registered as Lane
from oracle_cdc.changes.outbound.lane_opening import Opener
from oracle_cdc.changes.rules.pairing import cut_half
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.changes.startup import find_dangers, require_stream
from oracle_cdc.changes.transformation import choose_tables, make_transformation, with_heartbeat
from oracle_cdc.commands.check_on_aws import (
    CHANGES_POLICY,
    check_account,
    check_dead_letters,
    check_needs,
    check_redaction,
)
from oracle_cdc.commands.check_parts import ask
from oracle_cdc.errors import CdcError, ExitCode, OracleConfigurationError, worst
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.ddl import CHANGES
from oracle_cdc.oracle.schema import find_owned_problems, missing_rights
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import complain, say, warn

SENDING = ("kinesis:PutRecords",)


def check_changes(settings: ChangesSettings, database: Database, has_oracle: bool) -> ExitCode:
    """Ask everything but for the log-in to Oracle, and return the exit code.

    Warnings do not count.
    """
    with closing(make_aws_session(settings)) as aws:
        stream = ask("Kinesis", lambda: check_stream(settings, aws))
        letters = ask("Dead letters", lambda: check_letters(settings, aws))
    tables = ask("TABLE_TRANSFORMERS", lambda: check_transformers(settings))
    codes = [stream.code, letters.code, tables.code]
    if has_oracle:
        registered = ask("Change tables", lambda: check_registry(database, settings))
        codes.append(registered.code)
        if registered.passed and tables.found is not None:
            transformation = tables.found
            cycle = ask("Changes cycle", lambda: check_cycle(database, settings, transformation))
            codes.append(cycle.code)
    return worst(codes)


def check_stream(settings: ChangesSettings, aws: AwsSession) -> StreamFacts:
    """Hold the stream to what keeps the changes of a row in order, and prove the rights.

    Raises what keeps it from taking them.
    """
    check_account(settings, aws)
    facts = read_facts(open_stream(aws, settings.kinesis.stream_name))
    require_stream(facts)
    check_needs(aws, [Need("KINESIS_STREAM_NAME", facts.arn, SENDING, False, CHANGES_POLICY)])
    say("✅ Kinesis connection successful")
    for danger in find_dangers(facts):
        warn(f"stream {facts.name}: {danger}")
    return facts


def check_letters(settings: ChangesSettings, aws: AwsSession) -> None:
    """Look at the queue of dead letters, if one is set."""
    queue = open_dead_letters(settings, aws)
    check_dead_letters(queue, aws, CHANGES_POLICY, keeps_event=settings.dlq.keep_event)


def check_transformers(settings: ChangesSettings) -> Transformation:
    """Return how changes are published.

    Raises CdcError where what is personal would leave as it is, and for models and tables with
    mistakes.
    """
    check_redaction(settings)
    transformation = make_transformation(settings, redacts=settings.changes.redact_before_stream)
    if not transformation.transformers:
        raise CdcError("no table is in it, so that none is published")
    say(f"✅ {counted(len(transformation.transformers), 'table')} to publish")
    if not settings.changes.redact_before_stream:
        warn("CHANGES_REDACT_BEFORE_STREAM=false: what is personal rests in the stream")
    return transformation


def check_registry(database: Database, settings: ChangesSettings) -> Survey:
    """Look at our tables, and at each captured table with its triggers.

    Raises CdcError where something is not as it must be.
    """
    with database.session() as session:
        problems = find_owned_problems(session, CHANGES)
        for problem in problems:
            complain(problem.table, problem.what)
        if problems:
            raise CdcError(f"{counted(len(problems), 'problem')}, see above")
        rights = missing_rights(session, CHANGES)
        survey = read_survey(session)
    say("✅ Change tables validated")
    for right in rights:
        warn(f"a right is missing: {right}")
    report(survey, settings)
    return survey


def report(survey: Survey, settings: ChangesSettings) -> None:
    """Say what is wrong with captured tables, each with its cure.

    Raises CdcError where there is any.
    """
    rules = settings.changes
    findings = list(find_all(survey, Limits(rules.max_log_rows, rules.max_log_age_seconds)))
    for finding in findings:
        complain(finding.subject, f"{finding.words}; {finding.cure}")
    for look in survey.looks:
        unseen = explain_unseen(look)
        if unseen:
            warn(unseen)
        if not look.registered.is_enabled:
            warn(f"{look.registered.table} is paused: CDC_CHANGE_TABLES.IS_ENABLED is 0")
    known = {look.registered.table for look in survey.looks}
    for table in rules.tables:
        if table not in known:
            warn(f"CHANGES_TABLES: {table} is not captured; see `changes install`")
    if not survey.looks:
        warn("no table is captured: python cdc_service.py changes install --table OWNER.TABLE")
    if findings:
        raise CdcError(f"{counted(len(findings), 'problem')}, see above")


def check_cycle(
    database: Database, settings: ChangesSettings, transformation: Transformation
) -> None:
    """Read a batch of each change table, make records of it, and say what would become of it.

    Raises CdcError where a table can't be shipped or a change could not be sent.
    """
    opener = Opener(with_heartbeat(transformation), USUAL_RECORD_BYTES)
    sent, dead, stopped = 0, 0, 0
    with database.session() as session:
        survey = read_survey(session)
        warn_of_absent(survey, settings, transformation)
        for registered in lanes_of(survey, settings):
            try:
                records, refusals = try_lane(session, opener, registered, settings)
            except OracleConfigurationError as error:
                complain(registered.table, error)
                stopped += 1
                continue
            sent += records
            dead += refusals.total()
            for refusal, count in refusals.items():
                complain(registered.table, f"{refusal}: {counted(count, 'change')}")
    say(f"🔄 First cycle of changes completed (dry run): {counted(sent, 'record')} to send")
    if dead or stopped:
        raise CdcError(
            f"{counted(stopped, 'table')} can't be shipped, {counted(dead, 'change')} would become "
            "dead letters, see above"
        )


def warn_of_absent(
    survey: Survey, settings: ChangesSettings, transformation: Transformation
) -> None:
    """Warn of tables that are to be published and of which nothing is written down."""
    absent = set(transformation.transformers) - {look.registered.table for look in survey.looks}
    if settings.changes.tables:
        absent &= set(settings.changes.tables)
    if absent:
        names = ", ".join(sorted(absent))
        warn(f"TABLE_TRANSFORMERS: not captured, so not published: {names}; see `changes install`")


def lanes_of(survey: Survey, settings: ChangesSettings) -> list[Lane]:
    """Return the change tables that are shipped."""
    lanes: list[Lane] = []
    chosen = choose_tables(settings.changes.tables)
    for look in survey.looks:
        each = look.registered
        is_chosen = not chosen or each.table in chosen
        if is_chosen and each.is_enabled:
            lanes.append(Lane(each.table, each.log, True, None))
    return lanes


def try_lane(
    session: Session, opener: Opener, registered: Lane, settings: ChangesSettings
) -> tuple[int, Counter[str]]:
    """Return how many records the first batch makes, and how many changes can't be sent, by why.

    Raises OracleConfigurationError where the table can't be shipped at all.
    """
    lane = opener.open(session, registered)
    count = settings.changes.batch_size
    with closing(lane.log.stream(session, count, count)) as chunks:
        rows, _ = cut_half(next(chunks, ()))
    records = 0
    refusals: Counter[str] = Counter()
    for number, paired in enumerate(lane.pairing.pair(rows)):
        for waiting in lane.builder.build(paired, number):
            refusal = waiting.item.refusal
            if refusal is None:
                records += 1
            else:
                refusals[refusal.reason_code] += 1
    return records, refusals
