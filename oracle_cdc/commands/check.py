"""`check`: asks everything that `run` will need, of each pipeline that is enabled.

It sends and writes nothing.
"""

from __future__ import annotations

from oracle_cdc.commands.check_parts import announce
from oracle_cdc.errors import ExitCode, worst
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import choose_level, warn
from oracle_cdc.settings.service import PROCESSOR, OracleServiceSettings


def check(enabled: Enabled) -> int:
    """Ask everything, and return the exit code. Warnings do not count."""
    configure_console(choose_level(enabled.service.logging.level, "ERROR"))
    for warning in enabled.warnings:
        warn(warning)
    codes: list[ExitCode] = []
    if enabled.find(OracleServiceSettings) is not None:
        from oracle_cdc.commands.check_on_oracle import check_on_oracle

        codes += check_on_oracle(enabled)
    processor = enabled.find(ProcessorSettings)
    if processor is not None:
        from oracle_cdc.commands.processor.check import check_processor

        announce(PROCESSOR, enabled)
        codes.append(check_processor(processor))
    return worst(codes)
