"""`check`: asks everything that `run` will need, of each pipeline that is enabled."""

from __future__ import annotations

from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import choose_level, warn


def check(enabled: Enabled) -> int:
    """Ask everything, and return the exit code. Warnings do not count."""
    configure_console(choose_level(enabled.service.logging.level, "ERROR"))
    for warning in enabled.warnings:
        warn(warning)
    from oracle_cdc.commands.conversations.check import check_conversations

    return check_conversations(enabled.need_conversations("check"))
