"""`check` of conversations: asks all that they need, and says what to do where it fails.

It sends and writes nothing.
"""

from __future__ import annotations

from contextlib import closing

from oracle_cdc.commands.check_parts import ask, succeeds
from oracle_cdc.commands.conversations.check_on_sqs import check_queues
from oracle_cdc.commands.conversations.dry_cycle import check_cycle
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.wiring_parts import create_client
from oracle_cdc.errors import ExitCode, OracleConfigurationError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.schema import find_problems, has_index, missing_rights
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import complain, say, warn

#: The indexes that no search is quick without.
SOURCE_INDEXES = (("TEXT_TIME",), ("CALL_ID", "TEXT_TIME"))


def check_conversations(settings: Settings, database: Database, has_oracle: bool) -> ExitCode:
    """Ask everything but for the log-in to Oracle, and return the exit code.

    Warnings do not count.
    """
    with closing(create_client(settings)) as client:
        queues = ask("SQS", lambda: check_queues(client, settings))
        has_tables = has_oracle and succeeds("Tables", lambda: check_tables(database, settings))
        queue = (queues.found or {}).get(settings.sqs.outbound_queue_url)
        has_cycle = has_tables and succeeds(
            "CDC cycle", lambda: check_cycle(database, settings, queue)
        )
    if not queues.passed:
        return ExitCode.DESTINATION
    if not has_cycle:
        return ExitCode.FAILED
    return ExitCode.DONE


def check_tables(database: Database, settings: Settings) -> None:
    """Compare the tables with what the service needs, and warn of missing rights and indexes.

    Raises OracleConfigurationError when a table is not as it must be.
    """
    source = settings.source.qualified_name
    with database.session() as session:
        problems = find_problems(session, source)
        for problem in problems:
            complain(problem.table, problem.what)
        if problems:
            raise OracleConfigurationError(f"{counted(len(problems), 'problem')}, see above")
        rights = missing_rights(session)
        missing_indexes = []
        for columns in SOURCE_INDEXES:
            if not has_index(session, source, columns):
                missing_indexes.append(", ".join(columns))
    say("✅ All tables validated")
    for right in rights:
        warn(f"a right is missing: {right}")
    for index in missing_indexes:
        warn(f"{source} has no index on ({index}), or the user can't see it: searches will be slow")
