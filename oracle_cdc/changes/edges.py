"""The edges of row changes, made of settings: Oracle, the stream, the queue of dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oracle_cdc import changes, oracle
from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.aws.sqs.dead_letters import WAIT_SECONDS, DeadLetterQueue
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.running.dependencies import Calling, Dependency, unwatched
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.settings.streams import StreamingSettings
from oracle_cdc.sql.statements import read_statements

#: One thread reads, sends and deletes.
SESSIONS = 1


@dataclass
class Edges:
    """What is called: Oracle, the stream, the dead letters, and what is seen of the calls."""

    oracle: Dependency
    kinesis: Dependency
    dead_letters: Dependency

    @property
    def all(self) -> list[Dependency]:
        return [self.oracle, self.kinesis, self.dead_letters]


def change_statements() -> Statements:
    """Return the statements of lanes and of capturing, and those of Oracle's room."""
    paths: list[Path] = []
    for package in (oracle, changes):
        paths += sorted(Path(str(package.__file__)).parent.rglob("*.sql"))
    return make_statements(read_statements(tuple(paths)))


def open_oracle(
    settings: ChangesSettings, password: Secret, calling: Calling = unwatched
) -> Database:
    """Make the pool of Oracle, which is opened at its first use."""
    return Database(
        settings.oracle,
        change_statements(),
        password=password,
        sessions=SESSIONS,
        calling=calling,
    )


def make_aws_session(settings: StreamingSettings) -> AwsSession:
    """Make the session of AWS, which is opened at its first use."""
    kinesis = settings.kinesis
    limits = RequestLimits(
        kinesis.connect_timeout_seconds, kinesis.read_timeout_seconds, concurrent_requests=1
    )
    return AwsSession(settings.aws, limits, home_url=settings.dlq.url)


def open_dead_letters(
    settings: StreamingSettings, aws: AwsSession, calling: Calling = unwatched
) -> DeadLetterQueue | None:
    """Make the queue of what can't be sent, None where none is set."""
    if settings.dlq.url is None:
        return None
    client = SqsClient(aws, poll_seconds=WAIT_SECONDS, calling=calling)
    return DeadLetterQueue(client, settings.dlq.url)
