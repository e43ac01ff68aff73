"""Which function runs a command that needs settings. Only what is chosen is imported."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping

from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import Enabled


def run(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.run import run

    return run(enabled, once=options.once)


def check(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.check import check

    return check(enabled)


def init_tables(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.init_tables import init_tables

    return init_tables(enabled)


def init_stream(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.events.init_stream import init_stream
    from oracle_cdc.events.settings import EventsSettings

    return init_stream(enabled.need(EventsSettings, "init-stream"), options)


def status(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.status import status

    return status(enabled, overdue=options.overdue, as_json=options.as_json)


def settings(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.settings import show_settings

    return show_settings(enabled.settings, enabled.warnings, as_json=options.as_json)


def backfill(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.backfill import backfill

    return backfill(enabled, options)


def failures(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.failures import failures

    return failures(enabled, options)


def checkpoint(options: Namespace, enabled: Enabled) -> int:
    if is_of_processor(options):
        from oracle_cdc.commands.processor.checkpoint import checkpoint_of_processor

        return checkpoint_of_processor(enabled.need(ProcessorSettings, "checkpoint"), options)
    from oracle_cdc.commands.conversations.checkpoint import checkpoint
    from oracle_cdc.conversations.settings import Settings

    what = "checkpoint without --processor"
    return checkpoint(enabled.need(Settings, what), options)


def dlq(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.processor.dlq import dead_letters

    return dead_letters(enabled.need(ProcessorSettings, "dlq"), options)


def health(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.processor.health import health

    return health(enabled, as_json=options.as_json)


def invoke(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.processor.invoke import invoke_function

    settings = enabled.need(ProcessorSettings, "invoke")
    return invoke_function(settings, options, options.directory)


def logs(options: Namespace, enabled: Enabled) -> int:
    from oracle_cdc.commands.processor.logs import tail

    return tail(enabled.need(ProcessorSettings, "logs"), options)


COMMANDS: Mapping[str, Callable[[Namespace, Enabled], int]] = {
    "run": run,
    "check": check,
    "init-tables": init_tables,
    "init-stream": init_stream,
    "status": status,
    "settings": settings,
    "backfill": backfill,
    "failures": failures,
    "checkpoint": checkpoint,
    "dlq": dlq,
    "health": health,
    "invoke": invoke,
    "logs": logs,
}


#: They concern the processor, whether it runs here or in AWS Lambda.
OF_PROCESSOR = ("dlq", "health", "invoke", "logs")


def is_of_processor(options: Namespace) -> bool:
    """Return whether a command needs the settings of the processor, whatever PIPELINES names."""
    if options.command == "checkpoint":
        return options.action == "status" or getattr(options, "processor", None) is not None
    return options.command in OF_PROCESSOR


def run_command(options: Namespace, enabled: Enabled) -> int:
    """Run a command, and return its exit code."""
    return COMMANDS[options.command](options, enabled)
