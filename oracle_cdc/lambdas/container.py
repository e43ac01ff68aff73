"""What a container of AWS Lambda makes once and uses for all its invocations."""

from __future__ import annotations

import os
import runpy
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.processor.cloudwatch_metrics import CloudWatchMetrics
from oracle_cdc.processor.pipeline import make_figures
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.startup import Startup
from oracle_cdc.processor.wiring import Processor, make_processor
from oracle_cdc.programs import load_alone
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.once import Once
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import PAGE, read_page

#: Where AWS Lambda has put the package, with config.py, config/ and models/ in it.
ROOT = "LAMBDA_TASK_ROOT"
#: Of an invocation, what is left for the answer.
RESERVE_SECONDS = 1.0


@dataclass
class Container:
    """What functions work with.

    Parameters:
        startup: knows whether the bus is there.
    """

    processor: Processor
    startup: Startup
    figures: CloudWatchMetrics


def make_container() -> Container:
    """Read settings and models, without connecting anything.

    Raises SettingsError listing every mistake.
    """
    settings = load_settings(os.environ)
    configure_console(settings.logging.level)
    processor = make_processor(settings, threading.Event())
    return Container(processor, Startup(processor), make_figures(processor, dict))


#: Made by the first invocation.
CONTAINER: Once[Container] = Once(make_container)


def load_settings(environment: Mapping[str, str]) -> ProcessorSettings:
    """Return the settings of the environment, and of the files that are packed beside it.

    Raises SettingsError listing every mistake.
    """
    root = Path(environment.get(ROOT, "."))
    page: dict[str, Mapping[str, object]] = {}
    file = root / PAGE
    if file.is_file():
        # By its place: another module may be called config.
        dictionary = runpy.run_path(str(file)).get("TABLE_TRANSFORMERS", {})
        page[""] = {"TABLE_TRANSFORMERS": dictionary}
    origins = Origins(environment, root / ".env", read_page(page, file), ask_store)
    return load_alone(ProcessorSettings, origins)


class TimeLeft:
    """The time that an invocation has.

    Parameters:
        context: of AWS Lambda, None for an invocation without a limit.
        reserve_seconds: of that, what is not used.
    """

    def __init__(self, context: Any, reserve_seconds: float = RESERVE_SECONDS) -> None:
        self.until: float | None = None
        if context is not None:
            seconds = context.get_remaining_time_in_millis() / 1000
            self.until = monotonic() + seconds - reserve_seconds

    def is_left(self) -> bool:
        return self.until is None or monotonic() < self.until
