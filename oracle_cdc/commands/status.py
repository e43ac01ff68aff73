"""`status`: what a DBA or a monitor wants to know, of each pipeline that is enabled."""

from __future__ import annotations

from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console


def status(enabled: Enabled, *, overdue: bool, as_json: bool) -> int:
    """Print the report, and return the exit code."""
    configure_console("ERROR")
    from oracle_cdc.commands.conversations.status import show_conversations

    settings = enabled.need_conversations("status")
    return show_conversations(settings, overdue=overdue, as_json=as_json)
