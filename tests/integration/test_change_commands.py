"""`check`, `status` and `init-tables` of row changes: what they say, and what they exit with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from awslite.cloud import Cloud
from oracle_cdc.changes.model_files import write_model
from oracle_cdc.commands.changes.health import look_at_oracle
from standins.iam import serve_iam
from tests.awsplaces import connect, places_of
from tests.documents import ROOT
from tests.integration.changelanes import make_model
from tests.integration.changepipelines import PipelineWorld, serve_pipeline
from tests.integration.changeworlds import serve_world
from tests.integration.shippings import serve_shipping
from tests.queues import connect_sqs, create_queues
from tests.typist import Done, Typist


@dataclass
class Desk:
    """Where a person sits who looks after row changes."""

    world: PipelineWorld
    typist: Typist
    sqs_url: str

    def type(self, *arguments: str, **given: str) -> Done:
        places = places_of(self.world.shipping.cloud.url, self.sqs_url)
        environment = self.world.environment(**places, LOG_DIR="none")
        return self.typist.type(arguments, environment | given)

    def run(self, *statements: str) -> None:
        self.world.shipping.run(*statements)

    def administer(self, *statements: str) -> None:
        self.world.shipping.world.administer(*statements)


@pytest.fixture
def desk(
    tmp_path: Path,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sqs_server: str,
) -> Iterator[Desk]:
    with (
        serve_world(tmp_path) as database,
        serve_shipping(database, cloud) as shipping,
        serve_pipeline(shipping, tmp_path) as world,
    ):
        yield Desk(world, Typist(tmp_path, monkeypatch, capsys), sqs_server)


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


#: What a machine of row changes need not have.
HIDDEN = """
import sys
for name in ("nats", "nkeys", "pymysql", "duckdb"):
    sys.modules[name] = None
import cdc_service
sys.exit(cdc_service.run(sys.argv[1:]))
"""


def test_a_machine_of_changes_has_no_driver_of_events(desk: Desk) -> None:
    desk.world.insert(1)
    places = places_of(desk.world.shipping.cloud.url, desk.sqs_url)
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN, "run", "--once"],
        cwd=ROOT,
        env={"PATH": "", **desk.world.environment(**places, LOG_DIR="none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(desk.world.shipping.records()) == 1


def test_init_tables_creates_what_is_missing(desk: Desk) -> None:
    desk.administer("DROP TABLE CDC.CDC_CHANGE_TABLES")
    first, second = desk.type("init-tables"), desk.type("init-tables")
    assert (first.code, second.code) == (0, 0)
    assert "created CDC_CHANGE_TABLES" in first.lines
    assert "present CDC_CHANGE_TABLES" in second.lines


def test_status_shows_what_waits_in_each_table(desk: Desk) -> None:
    desk.world.insert(1, 2)
    done = desk.type("status")
    report = desk.type("status", "--json").report
    assert done.code == 0
    assert "changes of users" in done.out
    assert "2 rows wait" in done.out
    (table,) = report["pipelines"]["changes"]["tables"]
    assert (table["table"], table["waiting"], table["shipped"]) == ("users", 2, 0)
    assert report["ready"] is True


def test_status_of_a_table_whose_changes_were_shipped(desk: Desk) -> None:
    desk.world.insert(1, 2)
    desk.world.leg().run_cycles()
    (table,) = desk.type("status", "--json").report["pipelines"]["changes"]["tables"]
    assert (table["waiting"], table["oldestSeconds"]) == (0, None)


def test_status_of_changes_that_nobody_ships_is_not_ready(desk: Desk) -> None:
    desk.world.insert(1)
    with desk.world.shipping.world.connect("CDC") as connection:
        connection.cursor().execute(
            "UPDATE CDC_C_USERS SET CDC_CHANGED_AT = CDC_CHANGED_AT - INTERVAL '2' MINUTE"
        )
        connection.commit()
    report = desk.type("status", "--json").report
    assert report["ready"] is False
    assert "changes wait for 12" in report["reasons"][0]


def test_status_names_what_is_to_be_put_right(desk: Desk) -> None:
    assert "GRANT DEBUG ON" in desk.type("status").out
    desk.run("GRANT DEBUG ON USERS TO CDC", 'ALTER TRIGGER "CDC_USERS_I" DISABLE')
    done = desk.type("status")
    assert done.code == 0
    assert "it is disabled" in done.out
    assert done.lines[0].split() == ["ready", "no"]


def test_status_without_oracle_says_why_and_has_its_exit_code(desk: Desk) -> None:
    done = desk.type("status", "--json", ORACLE_PASSWORD="wrong")
    assert done.code == 3
    assert done.report["pipelines"]["changes"]["tables"] is None


def test_a_paused_table_is_no_lag(desk: Desk) -> None:
    desk.world.insert(1)
    with desk.world.shipping.world.connect("CDC") as connection:
        connection.cursor().execute("UPDATE CDC_CHANGE_TABLES SET IS_ENABLED = 0")
        connection.commit()
    report = desk.type("status", "--json").report["pipelines"]["changes"]
    assert (report["lagSeconds"], report["tables"][0]["enabled"]) == (0.0, False)
    assert "users is paused" in desk.type("check").out


def test_health_looks_at_triggers_and_at_the_oldest_change(desk: Desk) -> None:
    triggers, log = look_at_oracle(desk.world.settings())
    assert (triggers.is_well, triggers.words) == (True, "1 table captured")
    assert (log.is_well, log.value) == (True, 0.0)
    desk.run("GRANT DEBUG ON USERS TO CDC", 'ALTER TRIGGER "CDC_USERS_I" DISABLE')
    triggers, _ = look_at_oracle(desk.world.settings())
    assert not triggers.is_well
    assert "it is disabled" in triggers.words


def test_health_says_that_changes_wait_for_too_long(desk: Desk) -> None:
    desk.world.insert(1)
    with desk.world.shipping.world.connect("CDC") as connection:
        connection.cursor().execute(
            "UPDATE CDC_C_USERS SET CDC_CHANGED_AT = CDC_CHANGED_AT - INTERVAL '2' MINUTE"
        )
        connection.commit()
    _, log = look_at_oracle(desk.world.settings())
    assert not log.is_well
    assert log.value is not None
    assert log.value > 119


def test_health_of_an_oracle_that_can_not_be_asked_is_no_traceback(desk: Desk) -> None:
    (finding,) = look_at_oracle(desk.world.settings(ORACLE_PASSWORD="wrong"))
    assert not finding.is_well
    assert "ORA-01017" in finding.words


def test_the_stream_keeps_what_was_shipped(desk: Desk) -> None:
    desk.world.insert(1)
    assert desk.type("run", "--once").code == 0
    assert len(desk.world.shipping.records()) == 1
    stream = desk.world.shipping.stream
    described = connect("kinesis", desk.world.shipping.cloud.url).describe_stream_summary(
        StreamName=stream
    )
    assert described["StreamDescriptionSummary"]["StreamName"] == stream
