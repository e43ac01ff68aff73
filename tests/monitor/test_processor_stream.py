"""The processor as a sync: awslite's stream and tables, asked by the service's own clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import SecretStr

from oracle_cdc.aws.dynamodb.items import Update, write_item
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.monitor_streams import read_stream
from oracle_cdc.settings.sections import AwsSettings
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.metering import Meter
from sync_monitor.model import Severity
from sync_monitor.rules.conclusion import Before
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.streams.processor import Processor
from sync_monitor.verdicts import IssueKind, Reason
from sync_monitor.wiring.pipelines import make_processor
from sync_monitor.wiring.syncs import stream_syncs
from tests.monitor.asked import failure_of
from tests.processor.commands import Watcher
from tests.processor.conftest import pipelines as pipelines
from tests.processor.conftest import watcher as watcher
from tests.processor.pipelines import PipelineWorld
from tests.processor.reading import PROCESSOR

NAME = "to the bus"
PACE = Pace(timedelta(minutes=5), timedelta(minutes=15), 10**6)


@dataclass
class Site:
    """The processor of a world, and what looks at it."""

    world: PipelineWorld
    settings: MonitorSettings
    stream: Processor

    def count(self, other: Meter | None = None) -> Counts:
        return self.stream.count(Meter(), other or Meter())

    def look(self) -> Looked:
        """Take a look, as if it were the first."""
        (sync,) = stream_syncs(self.settings)
        looker = StreamLooker({NAME: self.stream}, PACE)
        return looker.look(sync, Before(), Asked())

    def wait(self, passed: timedelta) -> None:
        """Look from now on as if so much time had passed."""
        self.stream.clock = lambda: utc_now() + passed


def site_of(world: PipelineWorld, given: Mapping[str, object] | None = None, **aws: str) -> Site:
    written = {
        "kind": "processor",
        "processor": PROCESSOR,
        "stream": world.stream,
        "checkpoint_table": world.checkpoints,
        "state_table": world.states,
        "dlq_url": world.queue_url,
        **(given or {}),
    }
    environment = world.environment()
    fresh = MonitorSettings()
    settings = fresh.model_copy(
        update={
            "monitor": fresh.monitor.model_copy(
                update={"streams": {NAME: written}, "statement_seconds": 1.0}
            ),
            "aws": AwsSettings(
                region=environment["AWS_REGION"],
                access_key_id="test",
                secret_access_key=SecretStr("test"),
                endpoint_url=world.queues_url,
                environment={
                    name: value for name, value in environment.items() if "ENDPOINT_URL_" in name
                }
                | aws,
            ),
        }
    )
    stream = make_processor(read_stream(written), settings)
    assert isinstance(stream, Processor)
    return Site(world, settings, stream)


@pytest.fixture
def site(pipelines: PipelineWorld) -> Site:
    return site_of(pipelines)


def reasons(looked: Looked) -> set[Reason]:
    return {finding.reason for finding in looked.entry.look.verdict.findings}


def test_what_was_processed_is_counted_and_nothing_is_behind(site: Site, watcher: Watcher) -> None:
    site.world.put(1, 2, 3)
    watcher.type("run", "--once")
    other = Meter()
    found = site.count(other)
    assert (found.expected, found.missing, found.set_aside) == (3, None, 0)
    assert found.lag == timedelta(0)
    assert found.age is not None
    assert found.age < timedelta(minutes=1)
    assert other.statements == 5
    looked = site.look()
    assert looked.entry.look.verdict.severity is Severity.OK
    assert looked.entry.look.cost.oracle_statements == 0


def test_it_is_as_far_behind_as_the_first_record_that_is_not_settled_is_old(
    site: Site, watcher: Watcher
) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    site.world.put(2, 3)
    site.wait(timedelta(hours=9))
    found = site.count()
    assert found.lag is not None
    assert timedelta(hours=9) <= found.lag < timedelta(hours=9, minutes=5)
    looked = site.look()
    assert reasons(looked) == {Reason.LAG, Reason.STOPPED}
    assert looked.entry.look.verdict.severity is Severity.CRITICAL
    watcher.type("run", "--once")
    assert site.count().lag == timedelta(0)


def test_looking_moves_no_checkpoint_and_takes_no_lease(site: Site, watcher: Watcher) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    site.world.put(2)
    before = site.world.leases()
    site.count()
    assert site.world.leases() == before
    watcher.type("run", "--once")
    assert sorted(site.world.published) == [1, 2]


def test_dead_letters_are_a_warning_until_a_person_sees_to_them(
    site: Site, watcher: Watcher
) -> None:
    watcher.set_aside(1, 2)
    looked = site.look()
    assert reasons(looked) == {Reason.SET_ASIDE}
    (issue,) = looked.entry.issues
    assert (issue.kind, issue.rows) == (IssueKind.SET_ASIDE, 2)
    watcher.type("dlq", "process")
    assert site.look().entry.look.verdict.severity is Severity.OK


def test_a_processor_that_renews_no_lease_stands_still(site: Site, watcher: Watcher) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    site.wait(timedelta(minutes=11))
    looked = site.look()
    assert reasons(looked) == {Reason.STOPPED}
    assert looked.entry.look.verdict.severity is Severity.WARNING


def test_shards_that_nobody_has_a_checkpoint_of_count_too(site: Site, watcher: Watcher) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    site.world.split()
    site.world.put(2)
    site.wait(timedelta(hours=5))
    # The parent is read to its end by nobody, and its children are known to nobody.
    found = site.count()
    assert found.lag is not None
    assert found.lag >= timedelta(hours=5)


def test_a_processor_that_never_ran_is_not_measured(site: Site) -> None:
    site.world.put(1)
    assert failure_of(site.stream) == "STREAM-NEVER-RAN"


def test_a_shard_that_went_before_its_end_is_not_measured(site: Site, watcher: Watcher) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    rows = site.world.copy().rows
    (lease,) = rows.read_all()
    rows.delete(lease.shard_id)
    gone = {"startAt": "TRIM_HORIZON", "status": "READING", "leaseCounter": 1, "updatedAt": "x"}
    gone |= {"sequence": "0" * 64}
    write_item(rows.client, rows.key("shardId-999999999999"), Update(sets=gone))
    assert failure_of(site.stream) == "STREAM-SHARD-GONE"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"checkpoint_table": "nowhere"}, "StoreMissing"),
        ({"state_table": "nowhere"}, "StoreMissing"),
        ({"stream": "nowhere"}, "STREAM-NEVER-RAN"),
        ({"processor": "another"}, "STREAM-NEVER-RAN"),
    ],
)
def test_what_is_not_there_is_not_measured(
    site: Site, watcher: Watcher, given: dict[str, object], code: str
) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    other = site_of(site.world, given)
    assert failure_of(other.stream) == code
    assert other.look().entry.look.verdict.severity is Severity.UNKNOWN


@pytest.mark.parametrize("service", ["KINESIS", "DYNAMODB"])
def test_a_service_that_is_not_reached_is_not_measured(
    site: Site, watcher: Watcher, service: str
) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    nowhere = site_of(site.world, **{f"AWS_ENDPOINT_URL_{service}": "http://127.0.0.1:1"})
    assert failure_of(nowhere.stream).endswith("Unavailable")
    assert nowhere.look().entry.look.verdict.severity is Severity.UNKNOWN


@pytest.mark.parametrize("action", ["Query", "GetRecords", "ListShards", "GetItem"])
def test_an_answer_that_never_comes_is_not_measured(
    site: Site, watcher: Watcher, action: str
) -> None:
    site.world.put(1)
    watcher.type("run", "--once")
    site.world.publishing.order(action=action, delay_seconds=3, times=1)
    assert failure_of(site.stream).endswith("Unavailable")
