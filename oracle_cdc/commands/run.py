"""`run`: the service until a signal ends it, or with `--once` one cycle of each direction."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import CdcError, ExitCode, worst
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.log_files import FILES
from oracle_cdc.pipeline import Pipeline, close_all, make_service
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import close_logs, configure_logging, reopen
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.running.signals import signals
from oracle_cdc.settings.service import OracleServiceSettings, ServiceSettings
from oracle_cdc.watching.health_endpoint import Endpoint, make_pages
from oracle_cdc.watching.joint_readiness import JointReadiness
from oracle_cdc.watching.notify import Notifier, make_notifier
from oracle_cdc.watching.supervision import supervised

logger = logging.getLogger(__name__)

#: When the collector looks for cycles. Seldom among the newest objects: a batch makes thousands,
#: and none is in one. But soon among all: a connection that was lost is a cycle, and holds its
#: statements' buffers until it is found.
COLLECTIONS = (5_000, 3, 3)


def run(enabled: Enabled, *, once: bool, environment: Mapping[str, str] = os.environ) -> int:
    """Run the service or one cycle, and return the exit code.

    Raises SettingsError when LOG_DIR can't be used or another copy uses it.

    Parameters:
        environment: where the service manager says how it wants to be notified.
    """
    settings: ServiceSettings = enabled.service
    configure_logging(settings.logging, FILES)
    stop = threading.Event()
    with ExitStack() as heard:
        if not once:
            # To import all packages takes a second or two, and to close sessions some more.
            heard.enter_context(signals(stop, reopen))
        return run_heard(enabled, stop, once=once, environment=environment)


def run_heard(
    enabled: Enabled, stop: threading.Event, *, once: bool, environment: Mapping[str, str]
) -> int:
    """Run what `run` does, while its signals are handled."""
    settings: ServiceSettings = enabled.service
    pipelines = make_pipelines(enabled, stop)
    spare_the_collector()
    logger.info("starting as %s: %s", settings.cdc.instance_id, ", ".join(settings.pipelines))
    for warning in enabled.warnings:
        logger.warning("%s", warning)
    is_closed = False
    try:
        if once:
            code = run_cycle(pipelines, stop)
        else:
            code = run_service(pipelines, settings, stop, make_notifier(environment))
        logger.info("ended with exit code %d", code)
    finally:
        is_closed = close_all(pipelines)
        close_logs()
    if not is_closed:
        # At the interpreter's end the driver would wait for what hangs, without a limit.
        os._exit(code)
    return code


def make_pipelines(enabled: Enabled, stop: threading.Event) -> list[Pipeline]:
    """Make the pipelines that are enabled. Only theirs of the packages are imported."""
    pipelines: list[Pipeline] = []
    on_oracle = enabled.find(OracleServiceSettings)
    if on_oracle is not None:
        from oracle_cdc.oracle.login import share

        shared = share(on_oracle.oracle, on_oracle.given, stop)
        pipelines += make_pipelines_on_oracle(enabled, shared)
    processor = enabled.find(ProcessorSettings)
    if processor is not None:
        from oracle_cdc.processor.pipeline import make_pipeline as make_processor

        pipelines.append(make_processor(processor, stop))
    return pipelines


def make_pipelines_on_oracle(enabled: Enabled, shared: SharedOracle) -> list[Pipeline]:
    """Make those of the pipelines that need Oracle."""
    pipelines: list[Pipeline] = []
    conversations, events = enabled.find(Settings), enabled.find(EventsSettings)
    if conversations is not None:
        from oracle_cdc.conversations.pipeline import make_pipeline as make_conversations

        pipelines.append(make_conversations(conversations, shared))
    if events is not None:
        from oracle_cdc.events.pipeline import make_pipeline as make_events

        pipelines.append(make_events(events, shared))
    changes = enabled.find(ChangesSettings)
    if changes is not None:
        from oracle_cdc.changes.pipeline import make_pipeline as make_changes

        pipelines.append(make_changes(changes, shared))
    return pipelines


def spare_the_collector() -> None:
    """Take what is loaded by now out of the collector's sight.

    To look through it again and again for garbage is a tenth of what a backlog costs this process
    (bench: drain).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)


def run_service(
    pipelines: Sequence[Pipeline],
    settings: ServiceSettings,
    stop: threading.Event,
    notifier: Notifier,
) -> int:
    """Run all loops until a signal comes, and return the exit code."""
    readiness = JointReadiness([pipeline.readiness for pipeline in pipelines])
    endpoint = make_endpoint(pipelines, settings, readiness)
    with (
        signals(stop, partial(notifier.reloading, reopen)),
        supervised(readiness, notifier, endpoint, stop),
    ):
        return make_service(pipelines, stop).run()


def make_endpoint(
    pipelines: Sequence[Pipeline], settings: ServiceSettings, readiness: JointReadiness
) -> Endpoint | None:
    """Make the health endpoint, None when no port is set for it."""
    if not settings.health_port:
        return None
    # Who scrapes nothing needs no prometheus-client.
    from oracle_cdc.metrics import make_metrics

    pages = make_pages(readiness, make_metrics(pipelines, readiness).text)
    return Endpoint(settings.health_port, pages, settings.health_host)


def run_cycle(pipelines: Sequence[Pipeline], stop: threading.Event) -> int:
    """Run one cycle of each direction of each pipeline, and return the exit code.

    What fails in one keeps no other from its cycle.
    """
    codes: list[ExitCode] = []
    with signals(stop, reopen):
        for pipeline in pipelines:
            codes.append(run_once(pipeline))
    return worst(codes)


def run_once(pipeline: Pipeline) -> ExitCode:
    """Run one cycle of each direction, log the statistics, and return the exit code."""
    try:
        pipeline.run_once()
    except CdcError as error:
        logger.error("the cycle of %s failed: %s", pipeline.name, error)
        return error.exit_code
    logger.info(pipeline.statistics())
    return ExitCode.DONE
