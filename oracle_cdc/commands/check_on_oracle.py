"""`check` of the pipelines on Oracle, over one pool whose statements serve each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing

from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.commands.check_parts import announce, succeeds
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import ExitCode
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.oracle.session_limit import read_session_limit
from oracle_cdc.programs import Enabled
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import say, warn
from oracle_cdc.settings.service import CHANGES, CONVERSATIONS, EVENTS, OracleServiceSettings


def check_on_oracle(enabled: Enabled) -> list[ExitCode]:
    """Ask everything of Oracle, then of each pipeline, and return what was found of each."""
    conversations, events = enabled.find(Settings), enabled.find(EventsSettings)
    changes = enabled.find(ChangesSettings)
    codes: list[ExitCode] = []
    with closing(open_shared(enabled)) as database:
        # All pipelines log in as one user: a refused log-in is not repeated for the next one.
        sessions = count_sessions(enabled)
        has_oracle = succeeds("Oracle", lambda: check_oracle(database, sessions))
        if not has_oracle:
            codes.append(ExitCode.ORACLE)
        if conversations is not None:
            from oracle_cdc.commands.conversations.check import check_conversations

            announce(CONVERSATIONS, enabled)
            codes.append(check_conversations(conversations, database, has_oracle))
        if events is not None:
            from oracle_cdc.commands.events.check import check_events

            announce(EVENTS, enabled)
            codes.append(check_events(events, database, has_oracle))
        if changes is not None:
            from oracle_cdc.commands.changes.check import check_changes

            announce(CHANGES, enabled)
            codes.append(check_changes(changes, database, has_oracle))
    return codes


def open_shared(enabled: Enabled) -> Database:
    """Make the one pool that all pipelines are checked with, whose statements serve each."""
    settings = enabled.need(OracleServiceSettings, "check")
    password = password_of(settings.oracle, settings.given)
    return Database(settings.oracle, merge(statements_of(enabled)), password=password, sessions=1)


def statements_of(enabled: Enabled) -> Iterator[Statements]:
    """Yield the statements of each pipeline."""
    conversations = enabled.find(Settings)
    if conversations is not None:
        from oracle_cdc.conversations.statements import render

        source = conversations.source
        yield render(source.qualified_name, source.time_zone)
    if enabled.find(EventsSettings) is not None:
        from oracle_cdc.events.edges import row_statements

        yield row_statements()
    if enabled.find(ChangesSettings) is not None:
        from oracle_cdc.changes.edges import change_statements

        yield change_statements()


def merge(parts: Iterable[Statements]) -> Statements:
    """Return the statements of all. Those of Oracle's room are among each."""
    texts: dict[str, str] = {}
    for part in parts:
        texts |= part.texts
    return make_statements(texts)


def count_sessions(enabled: Enabled) -> int:
    """Return how many sessions of Oracle a copy likes to have."""
    sessions = 0
    if enabled.find(Settings) is not None:
        from oracle_cdc.conversations.outbound.lanes import SESSIONS as CONVERSATION_SESSIONS

        sessions += CONVERSATION_SESSIONS
    if enabled.find(EventsSettings) is not None:
        from oracle_cdc.events.edges import SESSIONS as EVENT_SESSIONS

        sessions += EVENT_SESSIONS
    if enabled.find(ChangesSettings) is not None:
        from oracle_cdc.changes.edges import SESSIONS as CHANGE_SESSIONS

        sessions += CHANGE_SESSIONS
    return sessions


def check_oracle(database: Database, sessions: int) -> None:
    """Log in, and warn of a profile that allows too few sessions.

    Parameters:
        sessions: how many all pipelines of a copy like to have.
    """
    with database.session() as session:
        session.ping()
        allowed = read_session_limit(session)
    say("✅ Oracle connection successful")
    if allowed is not None and allowed < sessions:
        warn(
            f"the profile of {database.settings.user} allows {counted(allowed, 'session')} "
            f"(SESSIONS_PER_USER); the service likes {sessions}, for each copy: "
            "with fewer it is slower"
        )
