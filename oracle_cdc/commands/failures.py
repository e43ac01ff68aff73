"""`failures list`, `show`, `replay`, `discard`: works through what was set aside."""

from __future__ import annotations

from argparse import Namespace

from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console


def failures(enabled: Enabled, options: Namespace) -> int:
    """Do what was asked for, and return the exit code."""
    configure_console("WARNING")
    from oracle_cdc.commands.conversations.failures import call_failures

    return call_failures(enabled.need_conversations("failures"), options)
