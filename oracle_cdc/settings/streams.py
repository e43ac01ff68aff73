"""Declare what the pipelines of row changes share: their stream, tables, dead letters, AWS."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from oracle_cdc.settings.change_kinds import AccountId, HmacKey, KinesisStreamName, Tables
from oracle_cdc.settings.declaration import Rule, Section, prefixed
from oracle_cdc.settings.kinds import RegionCode, StandardQueueUrl
from oracle_cdc.settings.patience import PROGRESS, greater_than_sum
from oracle_cdc.settings.sections import AwsSettings
from oracle_cdc.settings.service import ServiceSettings

#: How long one request to AWS may take.
REQUEST_TIMES = ("KINESIS_CONNECT_TIMEOUT_SECONDS", "KINESIS_READ_TIMEOUT_SECONDS")


class StreamAwsSettings(AwsSettings):
    """How to reach AWS.

    account_id: what `check` compares with the account that the credentials belong to. None: it
    only says which one that is.
    """

    account_id: AccountId | None = None


class KinesisSettings(Section):
    """The stream, and how long a request to it may take, or to what else of AWS is asked."""

    model_config = prefixed("KINESIS_")
    section_names = ("kinesis",)

    stream_name: KinesisStreamName = "coredb-cdc-stream"
    connect_timeout_seconds: float = Field(default=5.0, ge=0.1, le=600)
    read_timeout_seconds: float = Field(default=10.0, ge=0.1, le=600)


class DeadLetterSettings(Section):
    """The queue of what can't be published. keep_event: whether the whole change rests there.

    url None: there is none, and what can't be published stops its shard or lane.
    """

    model_config = prefixed("DLQ_")

    url: StandardQueueUrl | None = None
    keep_event: bool = True


class ModelSettings(Section):
    """Where the models of the tables are, a file `users.json` for each."""

    model_config = prefixed("CHANGES_")
    section_names = ("changes",)

    models_dir: Path = Path("models")


class StreamingSettings(ServiceSettings):
    """What the settings of each pipeline of row changes begin with.

    table_transformers: what becomes of each table's changes, as it is written.
    redaction_region: the country of phone numbers that are written without its code.
    redaction_hmac_key: what makes the tokens of hmacFields.
    """

    rules: ClassVar[tuple[Rule, ...]] = (greater_than_sum(PROGRESS, *REQUEST_TIMES),)

    aws: StreamAwsSettings = Field(default_factory=StreamAwsSettings)
    kinesis: KinesisSettings = Field(default_factory=KinesisSettings)
    dlq: DeadLetterSettings = Field(default_factory=DeadLetterSettings)
    changes: ModelSettings = Field(default_factory=ModelSettings)
    table_transformers: Tables = Field(default_factory=dict)
    enable_data_redaction: bool = True
    redaction_region: RegionCode = "IL"
    redaction_hmac_key: HmacKey | None = None
