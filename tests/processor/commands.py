"""Commands of row changes as a person types them, in this process, at a stand-in of AWS."""

from __future__ import annotations

from dataclasses import dataclass, field

from awslite.cloud import Cloud
from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, STATES, open_table
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.states import StateManager
from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS, create_table
from tests.awsplaces import create_bus, create_stream, make_name, make_session, places_of
from tests.processor.pipelines import PipelineWorld
from tests.typist import Done, Typist

PROCESSOR = "cdc-processor"


@dataclass
class Desk:
    """Where a person sits: a folder, an environment, and a site of AWS with all that is needed."""

    cloud: Cloud
    typist: Typist
    sqs_url: str
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
            **places_of(url, self.sqs_url),
            "KINESIS_STREAM_NAME": self.stream,
            "EVENT_BUS_NAME": create_bus(url),
            "STATE_TABLE_NAME": states.place,
            "CHECKPOINT_TABLE_NAME": checkpoints.place,
            "LOG_DIR": "none",
        }

    def type(self, *arguments: str, **given: str) -> Done:
        """Run a command."""
        return self.typist.type(arguments, self.given | given)

    def close(self) -> None:
        self.session.close()


@dataclass
class Watcher:
    """Where a person sits who looks after a processor that can run."""

    world: PipelineWorld
    typist: Typist

    def type(self, *arguments: str, **given: str) -> Done:
        """Run a command."""
        environment = self.world.environment(LOG_DIR="none")
        return self.typist.type(arguments, environment | given)

    def set_aside(self, *rows: int, **given: str) -> None:
        """Make the records of rows dead letters, since the bus refuses them, and heal the bus."""
        fault = self.world.publishing.order(marked_entries={"users": "MalformedDetail"})
        self.world.put(*rows)
        self.world.pipeline(**given).run_once()
        fault.times = 0
