"""`demo`: the whole system on this machine, from what is put in to what must come out of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from oracle_cdc.demo.children import DemoError, Interrupted, Signals
from oracle_cdc.demo.isolation import isolate
from oracle_cdc.demo.stage import Play, Stage
from oracle_cdc.demo.view import make_console
from oracle_cdc.errors import ExitCode, SettingsError


def demo(options: argparse.Namespace) -> int:
    """Run the demo that was asked for, and return the exit code: 0 if everything balances.

    Raises SettingsError for options that can't be used.
    """
    try:
        play = prepare(options)
    except DemoError as error:
        sys.stderr.write(f"❌ demo: {error}\n")
        return ExitCode.FAILED
    console, signals = make_console(), Signals()
    signals.install()
    isolate()
    directory = Path(tempfile.mkdtemp(prefix="oracle-cdc-demo-"))
    stage = Stage(directory, console, signals)
    foreseen: tuple[type[Exception], ...] = (DemoError, OSError, *play.failures)
    try:
        return play.run(stage)
    except Interrupted as interrupted:
        console.print(f"Ended by signal {interrupted.number}; files are in {directory}")
        return 128 + interrupted.number
    except BrokenPipeError:
        raise
    except foreseen as error:
        sys.stderr.write(f"❌ demo: {error}\nIts files are in {directory}\n")
        return ExitCode.FAILED
    finally:
        stage.close()


def prepare(options: argparse.Namespace) -> Play:
    """Return the demo that was asked for, which needs drivers that the others do without.

    Raises SettingsError for an option of another one.
    """
    if options.minutes is not None and options.subject != "all":
        raise SettingsError("demo: --minutes is for `demo all`")
    if options.subject == "events":
        from oracle_cdc.demo.events.play import prepare_events

        return prepare_events(options)
    if options.subject == "changes":
        from oracle_cdc.demo.changes.play import prepare_changes

        return prepare_changes(options)
    if options.subject == "all":
        from oracle_cdc.demo.all.play import prepare_all

        return prepare_all(options)
    from oracle_cdc.demo.conversations.play import prepare_conversations

    return prepare_conversations(options)
