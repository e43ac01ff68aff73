"""`status`: what a DBA or a monitor wants to know, of each pipeline that is enabled."""

from __future__ import annotations

from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.commands.status_report import Part, put_together, show_lines
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import worst
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import show_json
from oracle_cdc.settings.service import CHANGES, CONVERSATIONS, EVENTS, PROCESSOR


def status(enabled: Enabled, *, overdue: bool, as_json: bool) -> int:
    """Print the report, and return the exit code.

    Raises SettingsError for overdue answers without the pipeline that has any.
    """
    configure_console("ERROR")
    if overdue:
        enabled.need(Settings, "status --overdue")
    parts: dict[str, Part] = {}
    conversations, events = enabled.find(Settings), enabled.find(EventsSettings)
    if conversations is not None:
        from oracle_cdc.commands.conversations.status import report_conversations

        parts[CONVERSATIONS] = report_conversations(conversations, overdue=overdue)
    if events is not None:
        from oracle_cdc.commands.events.status import report_events

        parts[EVENTS] = report_events(events)
    changes = enabled.find(ChangesSettings)
    if changes is not None:
        from oracle_cdc.commands.changes.status import report_changes

        parts[CHANGES] = report_changes(changes)
    processor = enabled.find(ProcessorSettings)
    if processor is not None:
        from oracle_cdc.commands.processor.status import report_processor

        parts[PROCESSOR] = report_processor(processor)
    report = put_together(parts)
    if as_json:
        show_json(report)
    else:
        show_lines(report, parts)
    return worst([part.code for part in parts.values()])
