"""`invoke`: a Lambda function, called in this process, or in AWS."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from oracle_cdc.aws.functions.invoking import MAX_FUNCTION_SECONDS, invoke, open_function
from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.commands.processor.arguments import FUNCTIONS
from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.lambdas.container import CONTAINER, ROOT
from oracle_cdc.lambdas.dead_letter_processor import read_message
from oracle_cdc.lambdas.kinesis_parser import read_records
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.running.terminal import complain, say


def invoke_function(settings: ProcessorSettings, options: Namespace, directory: Path) -> int:
    """Call a function with an event, print its answer, and return 1 where it failed.

    Parameters:
        directory: where .env and config.py stand, as the package of a function has them.
    """
    name = choose(options)
    event = read_event(options.event)
    if options.remote:
        return invoke_remote(settings, name, event)
    if name not in FUNCTIONS:
        raise SettingsError(f"{name}: no function of this service; allowed: {', '.join(FUNCTIONS)}")
    refuse_strange(name, event)
    say(json.dumps(invoke_here(name, event, directory)))
    return ExitCode.DONE


def choose(options: Namespace) -> str:
    """Return the function that is meant. Raises SettingsError where none or two are."""
    named = [name for name in (options.name, options.function) if name is not None]
    if len(set(named)) != 1:
        raise SettingsError(f"say which function, once: {', '.join(FUNCTIONS)}")
    return str(named[0])


def read_event(file: str | None) -> object:
    """Return the event of a file, an empty one without a file.

    Raises SettingsError for what is no JSON.
    """
    if file is None:
        return {}
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"--event: {file}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"--event: {file} is no JSON: {type(error).__name__}") from None


def refuse_strange(name: str, event: Any) -> None:
    """Raise SettingsError for an event that is of another form than a function's are."""
    try:
        if name == "cdc-processor":
            read_records(event["Records"])
        elif name == "dead-letter-processor" and "Records" in event:
            list(map(read_message, event["Records"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"--event: no event of {name} ({type(error).__name__}); allowed: "
            "an object with the Records that AWS hands over, such as events/sample-cdc-event.json"
        ) from None


def invoke_here(name: str, event: object, directory: Path) -> Any:
    """Call a function's handler, as AWS Lambda does in a container."""
    os.environ.setdefault(ROOT, str(directory))
    module = import_module(f"oracle_cdc.lambdas.{name.replace('-', '_')}")
    try:
        return module.handler(event, None)
    finally:
        CONTAINER.forget()


def invoke_remote(settings: ProcessorSettings, name: str, event: object) -> int:
    """Call a function of AWS Lambda, and wait for its answer."""
    limits = RequestLimits(settings.kinesis.connect_timeout_seconds, MAX_FUNCTION_SECONDS, 1)
    with closing(AwsSession(settings.aws, limits)) as session:
        answer = invoke(open_function(session, name), json.dumps(event).encode())
    say(answer.payload.decode(errors="replace"))
    if answer.error is not None:
        complain(name, f"it failed ({answer.error}): logs tail --function {name}")
        return ExitCode.FAILED
    return ExitCode.DONE
