"""Commands of row changes as a person types them, in this process, at a stand-in of AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, STATES, open_table
from oracle_cdc.aws.dynamodb.rows import LeaseRows
from oracle_cdc.aws.dynamodb.states import StateManager
from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS, create_table
from oracle_cdc.cli import Origin, main
from tests.awsplaces import REGION, create_bus, create_stream, make_name, make_session

PROCESSOR = "cdc-processor"


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        return json.loads(self.out)


@dataclass
class Desk:
    """Where a person sits: a folder, an environment, and a site of AWS with all that is needed."""

    cloud: Cloud
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        url = self.cloud.url
        self.session = make_session(url)
        self.stream = create_stream(url, shards=2)
        checkpoints = open_table(self.session, CHECKPOINTS, make_name("checkpoints"))
        states = open_table(self.session, STATES, make_name("states"))
        create_table(checkpoints, CHECKPOINT_KEYS)
        create_table(states, STATE_KEYS)
        self.states = StateManager(states)
        self.rows = LeaseRows(checkpoints, processor=PROCESSOR, stream=self.stream)
        self.given = {
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "KINESIS_STREAM_NAME": self.stream,
            "EVENT_BUS_NAME": create_bus(url),
            "STATE_TABLE_NAME": states.place,
            "CHECKPOINT_TABLE_NAME": checkpoints.place,
            "LOG_DIR": "none",
        }

    def type(self, *arguments: str, **given: str) -> Done:
        """Run a command."""
        environment: Mapping[str, str] = self.given | given
        with self.monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            code = main(arguments, Origin(directory=self.folder))
        out, err = self.capsys.readouterr()
        return Done(code, out, err)

    def close(self) -> None:
        self.session.close()
