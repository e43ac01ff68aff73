"""`check` and `status` of the processor: what they say, and what they exit with."""

from __future__ import annotations

import json

import pytest

from oracle_cdc.processor.pipeline import pipeline_of
from standins.iam import serve_iam
from tests.awsplaces import connect, make_name
from tests.processor.commands import Watcher
from tests.processor.pipelines import Running, wait_for


def test_check_of_what_is_well_ends_well_and_leaves_no_trace(watcher: Watcher) -> None:
    watcher.world.put(1, 2, 3)
    done = watcher.type("check")
    assert done.code == 0, done.out
    for line in (
        "✅ EventBridge connection successful",
        "✅ Kinesis connection successful",
        "✅ DynamoDB tables validated",
        "✅ Dead letter queue reachable: 0 wait",
        "✅ 1 table to publish",
        "🔄 First cycle of the processor completed (dry run): 3 events to send",
    ):
        assert line in done.lines
    assert watcher.world.published == []
    assert watcher.type("checkpoint", "status", "--json").report["shards"] == []


def test_check_goes_on_where_the_processor_has_come(watcher: Watcher) -> None:
    watcher.world.put(1, 2)
    watcher.type("run", "--once")
    watcher.world.put(3)
    assert "(dry run): 1 event to send" in watcher.type("check").out


def test_check_counts_what_would_become_dead_letters(watcher: Watcher) -> None:
    watcher.world.put(1)
    watcher.world.put_bytes(b"{")
    done = watcher.type("check")
    assert done.code == 1
    assert "PARSE_ERROR: 1 record" in done.out
    assert "(dry run): 1 event to send" in done.out
    assert watcher.world.letters() == []


def test_check_of_a_bus_that_is_not_there_is_the_destinations_exit_code(watcher: Watcher) -> None:
    done = watcher.type("check", EVENT_BUS_NAME="nowhere")
    assert done.code == 4
    assert "see EVENT_BUS_NAME" in done.out
    assert "✅ Kinesis connection successful" in done.lines, (
        "the other parts are asked all the same"
    )


def test_check_of_a_table_that_is_not_there_is_the_stores_exit_code(watcher: Watcher) -> None:
    done = watcher.type("check", CHECKPOINT_TABLE_NAME="nowhere")
    assert done.code == 5
    assert "see CHECKPOINT_TABLE_NAME" in done.out
    assert "dry run" not in done.out


def test_check_refuses_a_table_with_other_keys(watcher: Watcher) -> None:
    done = watcher.type("check", CHECKPOINT_TABLE_NAME=watcher.world.states)
    assert done.code == 5
    assert "allowed: processor, shard" in done.out


def test_check_refuses_a_stream_that_keeps_no_order(watcher: Watcher) -> None:
    name = make_name("stream")
    connect("kinesis", watcher.world.cloud.url).create_stream(
        StreamName=name,
        StreamModeDetails={"StreamMode": "ON_DEMAND"},
        RecordDistributionStrategy="AUTO",
    )
    done = watcher.type("check", KINESIS_STREAM_NAME=name)
    assert done.code == 4
    assert "strategy AUTO" in done.out


def test_check_is_red_while_redaction_is_off(watcher: Watcher) -> None:
    done = watcher.type("check", ENABLE_DATA_REDACTION="false")
    assert done.code == 1
    assert "ENABLE_DATA_REDACTION=false: what is personal leaves as it is" in done.out


def test_check_compares_the_account_with_that_of_the_keys(watcher: Watcher) -> None:
    with serve_iam() as iam:
        assert "AWS account 123456789012" in watcher.type("check", **iam.environment).lines
        done = watcher.type("check", **iam.environment, AWS_ACCOUNT_ID="999999999999")
    assert done.code == 4
    assert "the keys belong to account 123456789012; AWS_ACCOUNT_ID says 999999999999" in done.out


def test_check_warns_of_an_account_that_is_not_known(watcher: Watcher) -> None:
    with serve_iam() as iam:
        iam.errors["GetCallerIdentity"] = (403, "AccessDenied")
        done = watcher.type("check", **iam.environment, AWS_ACCOUNT_ID="999999999999")
    assert done.code == 0
    assert "AWS did not say which account the keys belong to" in done.out


@pytest.mark.parametrize(
    "action", ["kinesis:GetRecords", "kinesis:ListShards", "dynamodb:UpdateItem", "dynamodb:Query"]
)
def test_check_proves_rights_by_iam(watcher: Watcher, action: str) -> None:
    with serve_iam() as iam:
        proved = watcher.type("check", **iam.environment)
        iam.decisions[action] = "implicitDeny"
        done = watcher.type("check", **iam.environment)
    assert f"{action} could not be proved" not in proved.out
    assert (proved.code, done.code) == (0, 4)
    assert f"IAM does not allow {action}" in done.out
    assert "see deploy/pipeline/iam-policy-processor.json" in done.out


def test_a_right_that_the_bus_itself_may_give_is_a_warning(watcher: Watcher) -> None:
    with serve_iam() as iam:
        iam.decisions["events:PutEvents"] = "implicitDeny"
        done = watcher.type("check", **iam.environment)
    assert done.code == 0
    assert "its own policy must" in done.out


@pytest.mark.parametrize(
    ("tables", "why"), [({}, "no table is in it"), ({"nobody": {}}, "table nobody has no model")]
)
def test_check_lists_what_is_wrong_with_tables(
    watcher: Watcher, tables: dict[str, object], why: str
) -> None:
    done = watcher.type("check", TABLE_TRANSFORMERS=json.dumps(tables))
    assert done.code == 1
    assert why in done.out


def test_init_tables_creates_what_is_missing(watcher: Watcher) -> None:
    names = {"CHECKPOINT_TABLE_NAME": make_name("new"), "STATE_TABLE_NAME": make_name("new")}
    created, present = watcher.type("init-tables", **names), watcher.type("init-tables", **names)
    assert created.lines == [f"created {name}" for name in names.values()]
    assert present.lines == [f"present {name}" for name in names.values()]
    watcher.world.put(1)
    assert watcher.type("run", "--once", **names).code == 0
    assert watcher.world.published == [1]


def test_init_tables_leaves_a_table_with_other_keys_alone(watcher: Watcher) -> None:
    done = watcher.type("init-tables", CHECKPOINT_TABLE_NAME=watcher.world.states)
    assert done.code == 5
    assert "allowed: processor, shard" in done.err


def test_status_of_a_processor_that_never_ran_says_so(watcher: Watcher) -> None:
    done = watcher.type("status")
    assert done.code == 0
    assert "the processor never ran: python cdc_service.py run" in done.out


def test_status_shows_shards_lag_counts_and_dead_letters(watcher: Watcher) -> None:
    watcher.world.put(1, 2)
    watcher.world.put_bytes(b"{")
    watcher.type("run", "--once")
    report = watcher.type("status", "--json").report
    below = report["pipelines"]["processor"]
    assert (below["lagSeconds"], below["processedCount"], below["deadLetters"]) == (0.0, 3, 1)
    (shard,) = below["shards"]
    assert (shard["owner"], shard["lagSeconds"], shard["status"]) == (None, 0.0, "reading")
    assert report["ready"] is False
    assert f"no copy reads {shard['shard']}" in report["reasons"][0]
    assert "dead letters" in watcher.type("status").out


def test_status_while_a_copy_reads_is_ready(watcher: Watcher) -> None:
    processor = watcher.world.processor()
    with Running(pipeline_of(processor), processor.stop):
        wait_for(lambda: any(lease.owner for lease in processor.edges.rows.read_all()))
        report = watcher.type("status", "--json").report
    assert report["ready"] is True, report["reasons"]


def test_status_measures_how_late_events_are_by_their_first_record(watcher: Watcher) -> None:
    watcher.world.put(1)
    watcher.type("run", "--once")
    watcher.world.put(2)
    below = watcher.type("status", "--json").report["pipelines"]["processor"]
    assert 0 < below["lagSeconds"] < 60


@pytest.mark.parametrize(
    ("wrong", "code", "known"),
    [
        ({"CHECKPOINT_TABLE_NAME": "nowhere"}, 5, "deadLetters"),
        ({"KINESIS_STREAM_NAME": "nowhere"}, 0, "deadLetters"),
    ],
)
def test_what_can_not_be_asked_keeps_the_rest_from_nothing(
    watcher: Watcher, wrong: dict[str, str], code: int, known: str
) -> None:
    done = watcher.type("status", "--json", **wrong)
    assert done.code == code
    below = done.report["pipelines"]["processor"]
    assert below["ready"] is False
    assert below[known] == 0
