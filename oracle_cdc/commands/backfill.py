"""`backfill`: older rows, once, in the foreground."""

from __future__ import annotations

from argparse import Namespace

from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import choose_level


def backfill(enabled: Enabled, options: Namespace) -> int:
    """Send a range, and return the exit code."""
    configure_console(choose_level(enabled.service.logging.level, "WARNING"))
    from oracle_cdc.commands.conversations.backfill import backfill_calls

    return backfill_calls(enabled.need_conversations("backfill"), options)
