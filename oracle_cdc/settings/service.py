"""Declare what all pipelines of a service share: which they are, logs, health, deadlines."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from oracle_cdc.settings.declaration import Root, Section, prefixed
from oracle_cdc.settings.kinds import InstanceId, ListeningHost, host_and_pid
from oracle_cdc.settings.layers import CONFIG_FILE
from oracle_cdc.settings.sections import LoggingSettings, OracleSettings, SsmSettings

CONVERSATIONS, EVENTS = "conversations", "events"
CHANGES, PROCESSOR = "changes", "processor"
#: Every pipeline that there is.
ALL_PIPELINES = (CONVERSATIONS, EVENTS, CHANGES, PROCESSOR)
#: Read by the tests alone.
TEST_VARIABLES = ("ORACLE_TEST_DSN", "ORACLE_TEST_USER", "ORACLE_TEST_PASSWORD")

DAY_SECONDS = 86_400


def _pipelines(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    chosen: list[str] = []
    if isinstance(value, (list, tuple)):
        for each in value:
            chosen.append(str(each).strip().lower())
    if not chosen or not set(chosen) <= set(ALL_PIPELINES):
        raise ValueError(
            f"one or more of {', '.join(ALL_PIPELINES)}, commas between them; the monitor is no "
            "pipeline: `monitor run`"
        )
    return tuple(name for name in ALL_PIPELINES if name in chosen)


Pipelines = Annotated[tuple[str, ...], BeforeValidator(_pipelines)]


class CopySettings(Section):
    """What concerns a running copy as a whole, of CDC_CONFIG in config.py."""

    model_config = prefixed("CDC_")
    own_prefix = "CDC_"
    section_names = ("cdc",)

    progress_deadline_seconds: int = Field(default=120, ge=1, le=DAY_SECONDS)
    ready_deadline_seconds: int = Field(default=60, ge=1, le=DAY_SECONDS)
    statistics_every_cycles: int = Field(default=10, ge=1, le=1_000_000)
    instance_id: InstanceId = Field(default_factory=host_and_pid)


class PipelineChoice(Root):
    """The one setting that says which others are needed."""

    pipelines: Pipelines = (CONVERSATIONS,)


class ServiceSettings(PipelineChoice):
    """What the settings of each pipeline begin with.

    health_port 0: off. health_host: the address that the port is opened at.
    """

    also_known = (CONFIG_FILE, *TEST_VARIABLES)

    cdc: CopySettings = Field(default_factory=CopySettings)
    logging: LoggingSettings = Field(default_factory=LoggingSettings)
    ssm: SsmSettings = Field(default_factory=SsmSettings)
    health_host: ListeningHost = "127.0.0.1"
    health_port: int = Field(default=0, ge=0, le=65_535)


class OracleServiceSettings(ServiceSettings):
    """What the settings of each pipeline on Oracle begin with."""

    oracle: OracleSettings
