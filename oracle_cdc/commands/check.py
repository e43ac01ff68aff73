"""`check`: asks everything that `run` will need, and says what to do where it fails. Sends and writes nothing."""

from __future__ import annotations

from collections.abc import Callable

from oracle_cdc.commands.cycle import check_cycle
from oracle_cdc.commands.queues import check_queues
from oracle_cdc.conversations.outbound.lanes import SESSIONS
from oracle_cdc.conversations.parts import create_client, open_database
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import CdcError, ExitCode, OracleConfigurationError
from oracle_cdc.model import QueueFacts
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.places import read_session_limit
from oracle_cdc.oracle.schema import find_problems, has_index, missing_rights
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import complain, say, warn

#: The indexes that no search is quick without.
SOURCE_INDEXES = (("TEXT_TIME",), ("CALL_ID", "TEXT_TIME"))


def check(settings: Settings) -> int:
    """The exit code: 3 Oracle, 4 SQS, 1 tables or the dry cycle, 0 all well (warnings do not count)."""
    configure_console("ERROR" if settings.logging.level != "DEBUG" else "DEBUG")
    for warning in settings.warnings:
        warn(warning)
    database = open_database(settings, sessions=1)
    client = create_client(settings)
    try:
        has_oracle = succeeds("Oracle", lambda: check_database(database))
        queues: dict[str, QueueFacts] = {}
        has_sqs = succeeds("SQS", lambda: queues.update(check_queues(client, settings)))
        has_tables = has_oracle and succeeds("Tables", lambda: check_tables(database, settings))
        queue = queues.get(settings.sqs.outbound_queue_url)
        has_cycle = has_tables and succeeds(
            "CDC cycle", lambda: check_cycle(database, settings, queue)
        )
    finally:
        client.close()
        database.close()
    if not has_oracle:
        return ExitCode.ORACLE
    if not has_sqs:
        return ExitCode.SQS
    return ExitCode.DONE if has_cycle else ExitCode.FAILED


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
        allowed = read_session_limit(session)
    say("✅ Oracle connection successful")
    if allowed is not None and allowed < SESSIONS:
        warn(
            f"the profile of {database.settings.user} allows {allowed} sessions (SESSIONS_PER_USER); the service likes "
            f"{SESSIONS}, for each copy: with fewer it is slower"
        )


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
            warn(
                f"{source} has no index on ({', '.join(columns)}), or the user can't see it: searches will be slow"
            )
