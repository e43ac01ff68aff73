"""`status`: what a DBA or a monitor wants to know, of each pipeline that is enabled."""

from __future__ import annotations

from oracle_cdc.commands.reports import Part, put_together, show_json, show_lines
from oracle_cdc.errors import worst
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.settings.service import CONVERSATIONS, EVENTS


def status(enabled: Enabled, *, overdue: bool, as_json: bool) -> int:
    """Print the report, and return the exit code.

    Raises SettingsError for overdue answers without the pipeline that has any.
    """
    configure_console("ERROR")
    if overdue:
        enabled.need_conversations("status --overdue")
    parts: dict[str, Part] = {}
    if enabled.conversations is not None:
        from oracle_cdc.commands.conversations.status import report_conversations

        parts[CONVERSATIONS] = report_conversations(enabled.conversations, overdue=overdue)
    if enabled.events is not None:
        from oracle_cdc.commands.events.status import report_events

        parts[EVENTS] = report_events(enabled.events)
    report = put_together(parts)
    if as_json:
        show_json(report)
    else:
        show_lines(report, parts)
    return worst([part.code for part in parts.values()])
