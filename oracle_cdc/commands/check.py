"""`check`: asks everything that `run` will need, of each pipeline that is enabled.

It sends and writes nothing.
"""

from __future__ import annotations

from contextlib import closing

from oracle_cdc.commands.parts_of_check import check_oracle, succeeds
from oracle_cdc.errors import ExitCode, worst
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import choose_level, say, warn
from oracle_cdc.settings.service import CONVERSATIONS, EVENTS


def check(enabled: Enabled) -> int:
    """Ask everything, and return the exit code. Warnings do not count."""
    configure_console(choose_level(enabled.service.logging.level, "ERROR"))
    for warning in enabled.warnings:
        warn(warning)
    has_both = enabled.conversations is not None and enabled.events is not None
    codes: list[ExitCode] = []
    with closing(open_shared(enabled)) as database:
        # All pipelines log in as one user: a refused log-in is not repeated for the next one.
        sessions = count_sessions(enabled)
        has_oracle = succeeds("Oracle", lambda: check_oracle(database, sessions))
        if not has_oracle:
            codes.append(ExitCode.ORACLE)
        if enabled.conversations is not None:
            from oracle_cdc.commands.conversations.check import check_conversations

            announce(CONVERSATIONS, has_both)
            codes.append(check_conversations(enabled.conversations, database, has_oracle))
        if enabled.events is not None:
            from oracle_cdc.commands.events.check import check_events

            announce(EVENTS, has_both)
            codes.append(check_events(enabled.events, database, has_oracle))
    return worst(codes)


def announce(pipeline: str, has_both: bool) -> None:
    """Say whose the next lines are, where there are several."""
    if has_both:
        say(f"{pipeline}:")


def open_shared(enabled: Enabled) -> Database:
    """Make the one pool that all pipelines are checked with, whose statements serve each."""
    if enabled.conversations is not None:
        from oracle_cdc.conversations.parts import open_database

        return open_database(enabled.conversations, sessions=1)
    from oracle_cdc.events.edges import open_oracle

    settings = enabled.need_events("check")
    return open_oracle(settings, password_of(settings.oracle, settings.given))


def count_sessions(enabled: Enabled) -> int:
    """Return how many sessions of Oracle a copy likes to have."""
    sessions = 0
    if enabled.conversations is not None:
        from oracle_cdc.conversations.outbound.lanes import SESSIONS as CONVERSATION_SESSIONS

        sessions += CONVERSATION_SESSIONS
    if enabled.events is not None:
        from oracle_cdc.events.edges import SESSIONS as EVENT_SESSIONS

        sessions += EVENT_SESSIONS
    return sessions
