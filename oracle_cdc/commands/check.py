"""`check`: asks everything that `run` will need, and says what to do where it fails. Sends and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from oracle_cdc.assembly import Verdict, assemble, judge
from oracle_cdc.claims import FUTURE_HORIZON, Moment, Rules, choose_claims
from oracle_cdc.commands.terminal import complain, say, warn
from oracle_cdc.errors import CdcError, OracleConfigurationError
from oracle_cdc.log_setup import configure_console
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.ledger import find_work
from oracle_cdc.oracle.modes import NORMAL_MODE, read_mode
from oracle_cdc.oracle.schema import find_problems, has_index, missing_rights
from oracle_cdc.oracle.segments import peek_calls
from oracle_cdc.oracle.session import Session
from oracle_cdc.settings import Settings
from oracle_cdc.sqs.client import SqsClient, create_client, is_one_queue, read_queue
from oracle_cdc.startup import pair_warnings, queue_warnings
from oracle_cdc.terms import make_rules
from oracle_cdc.windows import FAR_FUTURE, Window

ORACLE_UNUSABLE, SQS_UNUSABLE, FAILED, DONE = 3, 4, 1, 0

#: A newest TEXT_TIME within so little of a whole number of hours from now points to a time zone, not to a quiet hour.
ZONE_TOLERANCE = timedelta(minutes=5)


def check(settings: Settings) -> int:
    """The exit code: 3 Oracle, 4 SQS, 1 tables or the dry cycle, 0 all well (warnings do not count)."""
    configure_console("ERROR" if settings.logging.level != "DEBUG" else "DEBUG")
    for warning in settings.warnings:
        warn(warning)
    database = Database(settings.oracle, settings.source, sessions=1)
    client = create_client(settings)
    try:
        has_oracle = succeeds("Oracle", lambda: check_database(database))
        has_sqs = succeeds("SQS", lambda: check_queues(client, settings))
        has_tables = has_oracle and succeeds("Tables", lambda: check_tables(database, settings))
        has_cycle = has_tables and succeeds("CDC cycle", lambda: check_cycle(database, settings))
    finally:
        client.close()
        database.close()
    if not has_oracle:
        return ORACLE_UNUSABLE
    if not has_sqs:
        return SQS_UNUSABLE
    return DONE if has_cycle else FAILED


def succeeds(what: str, part: Callable[[], None]) -> bool:
    try:
        part()
    except CdcError as error:
        complain(what, error)
        return False
    return True


def check_database(database: Database) -> None:
    with database.session() as session:
        session.ping()
    say("✅ Oracle connection successful")


def check_queues(client: SqsClient, settings: Settings) -> None:
    urls = dict.fromkeys([settings.sqs.outbound_queue_url, settings.sqs.results_queue_url])
    queues = [read_queue(client, url) for url in urls]
    is_shared = len(queues) == 1 or is_one_queue(*queues)
    warnings = [warning for facts in queues for warning in queue_warnings(facts, is_shared=is_shared)]
    warnings += pair_warnings(queues, settings.aws)
    say("✅ SQS connection successful")
    for warning in warnings:
        warn(warning)


def check_tables(database: Database, settings: Settings) -> None:
    source = settings.source.qualified_name
    with database.session() as session:
        problems = find_problems(session, source)
        for problem in problems:
            complain(problem.table, problem.what)
        if problems:
            raise OracleConfigurationError(f"{len(problems)} problems, see above")
        rights = missing_rights(session)
        has_indexes = {columns: has_index(session, source, columns) for columns in SOURCE_INDEXES}
    say("✅ All tables validated")
    for right in rights:
        warn(f"a right is missing: {right}")
    for columns, is_there in has_indexes.items():
        if not is_there:
            warn(f"{source} has no index on ({', '.join(columns)}), or the user can't see it: searches will be slow")


#: CONTRACT section 1.
SOURCE_INDEXES = (("TEXT_TIME",), ("CALL_ID", "TEXT_TIME"))


def check_cycle(database: Database, settings: Settings) -> None:
    """Search, read and assemble as the first cycle would, and stop before the claim."""
    rules = make_rules(settings)
    with database.session() as session:
        warn_of_clocks(session)
        mode = read_mode(session, NORMAL_MODE)
        if mode is None:
            raise OracleConfigurationError(f"CDC_PROCESSING_STATUS has no row {NORMAL_MODE}; run init-tables")
        start = (mode.watermark or mode.moment.now) - timedelta(minutes=settings.cdc.normal_mode_minutes)
        limit = settings.cdc.max_batch_size
        found = find_work(session, NORMAL_MODE, Window(start, FAR_FUTURE), call_limit=limit, due_limit=limit)
        claims = choose_claims(found.candidates, found.moment, rules)
        ready = [claim.candidate.call_id for claim in claims if claim.is_leased]
        verdicts = judge_calls(session, ready, rules)
    if not found.is_enabled:
        warn(f"{NORMAL_MODE} is paused: IS_ENABLED is 0")
    say("🔄 First CDC cycle completed (dry run)")
    complete = sum(verdict is Verdict.COMPLETE for verdict in verdicts)
    say(
        f"   {len(claims)} calls found (at most {limit} are looked at), {len(claims) - len(ready)} still talking, "
        f"{complete} would be sent, {len(verdicts) - complete} rejected"
    )


def judge_calls(session: Session, call_ids: list[str], rules: Rules) -> list[Verdict]:
    return [
        judge(assemble(segments), min_segments=rules.min_segments, required_channels=rules.required_channels)
        for segments in peek_calls(session, call_ids)
    ]


def warn_of_clocks(session: Session) -> None:
    """Clock or zone skew between the database and TEXT_TIME."""
    record = session.query("probe_source")[0]
    moment = Moment(record["now_time"], record["utc_time"])
    newest = record["newest_time"]
    for warning in clock_warnings(newest, moment):
        warn(warning)


def clock_warnings(newest: datetime | None, moment: Moment) -> list[str]:
    """What the newest TEXT_TIME says about clocks and zones."""
    if newest is None:
        return ["the source table is empty"]
    warnings = []
    if newest > moment.now + FUTURE_HORIZON:
        warnings.append(f"rows in the future: the newest TEXT_TIME is {newest}, the database's clock says {moment.now}")
    lag = moment.now - newest
    hours = round(lag / timedelta(hours=1))
    if hours and abs(lag - timedelta(hours=hours)) <= ZONE_TOLERANCE and abs(hours) <= 14:
        warnings.append(
            f"the newest TEXT_TIME is {hours:+d} h from the database's clock ({newest} against {moment.now}): "
            "if calls come in all the time, TEXT_TIME is written in another time zone; set or correct SOURCE_TIME_ZONE"
        )
    return warnings
