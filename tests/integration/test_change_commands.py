"""`check` and `init-tables` of row changes: what they say, and what they exit with."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from oracle_cdc.changes.model_files import write_model
from standins.iam import serve_iam
from tests.awsplaces import connect
from tests.integration.changedesks import Desk
from tests.integration.changelanes import make_model
from tests.queues import connect_sqs, create_queues


def make_queue(desk: Desk, **attributes: str) -> str:
    (url, _) = create_queues(desk.sqs_url)
    connect_sqs(desk.sqs_url).set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return url


def test_check_of_what_is_well_ends_well_and_sends_nothing(desk: Desk) -> None:
    desk.world.insert(1, 2, 3)
    done = desk.type("check", DLQ_URL=make_queue(desk, SqsManagedSseEnabled="true"))
    assert done.code == 0, done.out
    for line in (
        "✅ Oracle connection successful",
        "✅ Kinesis connection successful",
        "✅ Dead letter queue reachable: 0 wait",
        "✅ 1 table to publish",
        "✅ Change tables validated",
        "🔄 First cycle of changes completed (dry run): 3 records to send",
    ):
        assert line in done.lines
    assert "❌" not in done.out
    assert desk.world.shipping.records() == []
    assert desk.world.shipping.left() == 3


def test_check_refuses_a_stream_that_ignores_keys(desk: Desk) -> None:
    auto = desk.world.create_stream(
        StreamModeDetails={"StreamMode": "ON_DEMAND"}, RecordDistributionStrategy="AUTO"
    )
    done = desk.type("check", KINESIS_STREAM_NAME=auto)
    assert done.code == 4
    assert "❌ Kinesis:" in done.out
    assert "strategy AUTO, which ignores partition keys" in done.out


def test_check_of_a_stream_that_is_not_there_is_the_destinations_exit_code(desk: Desk) -> None:
    done = desk.type("check", KINESIS_STREAM_NAME="nowhere")
    assert done.code == 4
    assert "see KINESIS_STREAM_NAME" in done.out
    assert "✅ Change tables validated" in done.lines, "the other parts are asked all the same"


def test_check_warns_of_what_endangers_changes(desk: Desk) -> None:
    done = desk.type("check", DLQ_URL=make_queue(desk, SqsManagedSseEnabled="false"))
    assert done.code == 0
    assert "it keeps records for 24 hours" in done.out
    assert "the queue of dead letters does not encrypt what rests there" in done.out
    kept_apart = desk.type(
        "check", DLQ_URL=make_queue(desk, SqsManagedSseEnabled="false"), DLQ_KEEP_EVENT="false"
    )
    assert "does not encrypt" not in kept_apart.out
    assert "DLQ_URL is not set" in desk.type("check").out


def test_check_compares_the_account_with_that_of_the_keys(desk: Desk) -> None:
    assert "AWS account 123456789012" in desk.type("check").lines
    assert desk.type("check", AWS_ACCOUNT_ID="123456789012").code == 0
    done = desk.type("check", AWS_ACCOUNT_ID="999999999999")
    assert done.code == 4
    assert "the keys belong to account 123456789012; AWS_ACCOUNT_ID says 999999999999" in done.out


def test_check_proves_rights_by_iam(desk: Desk) -> None:
    with serve_iam() as iam:
        proved = desk.type("check", **iam.environment)
        iam.decisions["kinesis:PutRecords"] = "implicitDeny"
        done = desk.type("check", **iam.environment)
    assert proved.code == 0
    assert "could not be proved" not in proved.out
    assert done.code == 4
    assert "IAM does not allow kinesis:PutRecords on arn:aws:kinesis:" in done.out


def test_check_is_red_while_redaction_is_off(desk: Desk) -> None:
    done = desk.type("check", ENABLE_DATA_REDACTION="false")
    assert done.code == 1
    assert "ENABLE_DATA_REDACTION=false: what is personal leaves as it is" in done.out


def test_check_warns_where_redaction_waits_for_the_processor(desk: Desk) -> None:
    done = desk.type("check", CHANGES_REDACT_BEFORE_STREAM="false")
    assert done.code == 0
    assert "what is personal rests in the stream" in done.out


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({}, "no table is in it"),
        ({"nobody": {}}, "table nobody has no model"),
        ({"users": {"includeFields": ["nothing"]}}, "nothing: no such column"),
    ],
)
def test_check_lists_what_is_wrong_with_tables(
    desk: Desk, tables: dict[str, object], why: str
) -> None:
    done = desk.type("check", TABLE_TRANSFORMERS=json.dumps(tables))
    assert done.code == 1
    assert why in done.out


def test_each_mistake_in_tables_has_a_line_of_its_own(desk: Desk) -> None:
    tables = {"users": {"includeFields": ["nothing"], "imageMode": 3}}
    done = desk.type("check", TABLE_TRANSFORMERS=json.dumps(tables))
    said = [line for line in done.lines if line.startswith("❌ TABLE_TRANSFORMERS: users: ")]
    assert len(said) == 2
    assert "TABLE_TRANSFORMERS: TABLE_TRANSFORMERS" not in done.out


def test_check_says_what_stops_the_application_and_how_to_free_it(desk: Desk) -> None:
    unseen = desk.type("check")
    assert (unseen.code, "GRANT DEBUG ON" in unseen.out) == (0, True)
    desk.run("GRANT DEBUG ON USERS TO CDC", 'ALTER TRIGGER "CDC_USERS_I" DISABLE')
    done = desk.type("check")
    assert done.code == 1
    assert "it is disabled: changes go by unseen; ALTER TRIGGER" in done.out


def test_check_of_a_table_without_a_transformer_says_that_it_stays(desk: Desk) -> None:
    tables = json.dumps({"orders": {}})
    write_model(desk.world.folder / "models", replace(make_model(), table="orders"))
    done = desk.type("check", TABLE_TRANSFORMERS=tables)
    assert done.code == 1
    assert "users is not in TABLE_TRANSFORMERS" in done.out


def test_check_warns_of_tables_to_publish_that_are_not_captured(desk: Desk) -> None:
    assert "not captured" not in desk.type("check").out
    write_model(desk.world.folder / "models", replace(make_model(), table="orders"))
    tables = json.dumps({"users": {}, "orders": {}})
    done = desk.type("check", TABLE_TRANSFORMERS=tables)
    assert done.code == 0
    words = "⚠️  TABLE_TRANSFORMERS: not captured, so not published: orders; see `changes install`"
    assert words in done.lines
    chosen = desk.type("check", TABLE_TRANSFORMERS=tables, CHANGES_TABLES="users")
    assert "not captured" not in chosen.out


def test_check_names_a_chosen_table_that_is_not_captured(desk: Desk) -> None:
    done = desk.type("check", CHANGES_TABLES="users,orders")
    assert "CHANGES_TABLES: orders is not captured" in done.out


def test_check_without_oracle_asks_the_rest(desk: Desk) -> None:
    done = desk.type("check", ORACLE_PASSWORD="wrong")
    assert done.code == 3
    assert "✅ Kinesis connection successful" in done.lines
    assert "Change tables" not in done.out


def test_check_of_both_pipelines_says_whose_the_lines_are(desk: Desk) -> None:
    done = desk.type("check", PIPELINES="changes,processor", EVENT_BUS_NAME="nowhere")
    assert done.code == 4
    lines = done.lines
    assert lines[0] == "✅ Oracle connection successful"
    assert lines.index("changes:") < lines.index("✅ Change tables validated")
    assert lines.index("✅ Change tables validated") < lines.index("processor:")
    assert "❌ EventBridge: " in done.out[done.out.index("processor:") :]


def test_init_tables_creates_what_is_missing(desk: Desk) -> None:
    desk.administer("DROP TABLE CDC.CDC_CHANGE_TABLES")
    first, second = desk.type("init-tables"), desk.type("init-tables")
    assert (first.code, second.code) == (0, 0)
    assert "created CDC_CHANGE_TABLES" in first.lines
    assert "present CDC_CHANGE_TABLES" in second.lines


def test_the_stream_keeps_what_was_shipped(desk: Desk) -> None:
    desk.world.insert(1)
    assert desk.type("run", "--once").code == 0
    assert len(desk.world.shipping.records()) == 1
    stream = desk.world.shipping.stream
    described = connect("kinesis", desk.world.shipping.cloud.url).describe_stream_summary(
        StreamName=stream
    )
    assert described["StreamDescriptionSummary"]["StreamName"] == stream


def test_one_cycle_that_leaves_a_table_unshipped_has_failed(desk: Desk) -> None:
    desk.world.insert(1)
    write_model(desk.world.folder / "models", replace(make_model(), table="orders"))
    done = desk.type("run", "--once", TABLE_TRANSFORMERS=json.dumps({"orders": {}}))
    assert done.code == 1
    assert "1 change table could not be shipped, the first because: users is not in" in done.err
    assert desk.world.shipping.left() == 1
    assert desk.type("run", "--once").code == 0
    assert desk.world.shipping.left() == 0
