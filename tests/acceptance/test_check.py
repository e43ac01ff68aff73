"""`check`, as whoever sets the service up reads it: each line names its setting and what to do, all
in one go."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_cdc.oracle.ddl import read_tables
from standins.iam import Iam, serve_iam
from tests.acceptance.process import finished
from tests.acceptance.test_run import HELLO
from tests.world import SOURCE, USER, World


@pytest.fixture(scope="module")
def queue_server(sqs_server: str) -> str:
    """Return moto's address: it has more of AWS than queues."""
    return sqs_server


@pytest.fixture
def iam() -> Iterator[Iam]:
    with serve_iam() as served:
        yield served


def check(world: World, directory: Path, iam: Iam, **changes: str) -> tuple[int, str]:
    """Return the exit code and the lines."""
    environment = world.environment(str(directory), **iam.environment, **changes)
    code, out, err = finished(["check"], environment)
    assert err == ""
    return code, out


# Rights


def test_rights_that_iam_allows_need_no_word(world: World, tmp_path: Path, iam: Iam) -> None:
    code, out = check(world, tmp_path, iam)

    assert code == 0
    assert "deploy/iam-policy.json" not in out
    assert "SimulatePrincipalPolicy arn:aws:iam::123456789012:user/cdc" in iam.asked


def test_a_right_that_iam_does_not_allow_is_named_and_nothing_is_sent(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    iam.decisions = {"sqs:SendMessage": "implicitDeny", "sqs:DeleteMessage": "explicitDeny"}

    code, out = check(world, tmp_path, iam)

    assert code == 4
    assert "❌ SQS_OUTBOUND_QUEUE_URL: IAM does not allow sqs:SendMessage on arn:aws:sqs:" in out
    assert "❌ SQS_RESULTS_QUEUE_URL: IAM does not allow sqs:DeleteMessage on arn:aws:sqs:" in out
    assert "✅ SQS connection successful" not in out
    assert world.waiting(world.outbound_url) == 0


def test_a_right_that_the_queues_own_policy_may_give_is_a_warning(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.sqs.set_queue_attributes(QueueUrl=world.outbound_url, Attributes={"Policy": policy})
    iam.decisions = {"sqs:SendMessage": "implicitDeny"}

    code, out = check(world, tmp_path, iam)

    assert code == 0
    assert "⚠️  SQS_OUTBOUND_QUEUE_URL: IAM does not allow sqs:SendMessage" in out
    assert "its own policy must" in out


def test_a_right_under_a_condition_that_iam_can_not_simulate_is_a_warning(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    iam.decisions = {"sqs:SendMessage": "implicitDeny", "sqs:DeleteMessage": "implicitDeny"}
    iam.unknown = {
        "sqs:SendMessage": ["aws:SourceVpce", "cloudwatch:namespace"],
        "sqs:DeleteMessage": ["cloudwatch:namespace"],
    }

    code, out = check(world, tmp_path, iam)

    assert code == 4
    assert "⚠️  SQS_OUTBOUND_QUEUE_URL: sqs:SendMessage could not be proved without using it" in out
    assert "a policy asks for aws:SourceVpce of the real request" in out
    assert "❌ SQS_RESULTS_QUEUE_URL: IAM does not allow sqs:DeleteMessage on arn:aws:sqs:" in out


def test_a_role_is_simulated_by_its_whole_name(world: World, tmp_path: Path, iam: Iam) -> None:
    iam.arn = "arn:aws:sts::123456789012:assumed-role/cdc/i-0abc"

    assert check(world, tmp_path, iam)[0] == 0

    assert "SimulatePrincipalPolicy arn:aws:iam::123456789012:role/service/cdc" in iam.asked


@pytest.mark.parametrize("asked", ["GetCallerIdentity", "SimulatePrincipalPolicy"])
def test_what_iam_does_not_answer_is_said_to_be_not_proved(
    world: World, tmp_path: Path, iam: Iam, asked: str
) -> None:
    iam.errors = {asked: (403, "AccessDenied")}

    code, out = check(world, tmp_path, iam)

    assert code == 0
    assert "⚠️  SQS_OUTBOUND_QUEUE_URL: sqs:SendMessage could not be proved without using it" in out
    assert "AccessDenied" in out


# The bucket


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        (200, (0, "")),
        (404, (4, "❌ S3_OVERFLOW_BUCKET: there is no bucket big-bodies")),
        (403, (0, "not tested (HeadBucket is denied: allow s3:ListBucket on it, see deploy/iam")),
        (500, (0, "⚠️  S3_OVERFLOW_BUCKET: whether the bucket is there was not tested")),
    ],
)
def test_the_bucket_is_looked_at(
    world: World, tmp_path: Path, iam: Iam, status: int, ends: tuple[int, str]
) -> None:
    code, said = ends
    iam.bucket_status = status

    ended, out = check(world, tmp_path, iam, S3_OVERFLOW_BUCKET="big-bodies")

    assert ended == code
    if said:
        assert said in out
    else:
        assert "S3_OVERFLOW_BUCKET" not in out
    assert "HEAD /big-bodies" in iam.asked


def test_a_call_that_no_message_can_carry_would_fail_and_says_what_helps(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    world.record("1", *HELLO)
    noise = "".join(random.Random(1).choices(string.ascii_letters, k=4000))
    world.record("2", ("A", noise), ("C", "yes"))

    code, out = check(world, tmp_path, iam)

    assert code == 1
    assert re.search(r"❌ call 2: \d+ bytes, \d+ compressed; the queue takes 1024; set S3_OV", out)
    assert "1 would be sent, 0 rejected, 1 would fail" in out
    iam.bucket_status = 200
    code, out = check(world, tmp_path, iam, S3_OVERFLOW_BUCKET="big-bodies")
    assert (code, "2 would be sent, 0 rejected, 0 would fail" in out) == (0, True)


# Everything at once


def test_each_queue_that_is_missing_is_named_with_its_setting(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    urls = {
        "SQS_OUTBOUND_QUEUE_URL": world.outbound_url + "-gone",
        "SQS_RESULTS_QUEUE_URL": world.results_url + "-gone",
    }

    code, out = check(world, tmp_path, iam, **urls)

    assert code == 4
    for setting, url in urls.items():
        assert f"❌ {setting}: GetQueueAttributes at {url}: " in out


def test_a_region_that_is_not_the_queues_is_reported_for_a_queue_that_does_not_answer(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/results"

    code, out = check(world, tmp_path, iam, SQS_RESULTS_QUEUE_URL=url)

    assert code == 4
    assert "❌ SQS_RESULTS_QUEUE_URL: " in out
    assert out.count("⚠️  queue results is in us-east-1, AWS_REGION says eu-west-1") == 1
    assert "is shared by both directions" not in out


def test_a_shared_queue_that_is_missing_is_named_by_the_setting_of_both(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    url = world.outbound_url + "-gone"
    environment = {"SQS_OUTBOUND_QUEUE_URL": "", "SQS_RESULTS_QUEUE_URL": "", "SQS_QUEUE_URL": url}

    code, out = check(world, tmp_path, iam, **environment)

    assert (code, out.count("❌ SQS_QUEUE_URL: ")) == (4, 1)


def test_a_call_whose_rows_cannot_be_read_is_named_and_the_others_are_looked_at(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    world.record("1", *HELLO)
    world.record("2", *HELLO)
    world.change(
        f"UPDATE {SOURCE} SET BAN = UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('C328')) WHERE CALL_ID = 2"
    )

    code, out = check(world, tmp_path, iam)

    assert code == 1
    assert "❌ call 2: its rows can't be read: UnicodeDecodeError" in out
    assert "1 would be sent, 0 rejected, 1 would fail" in out


# Tables of another owner


def move_tables_to(world: World, owner: str) -> None:
    """Give the tables to another user, who lets the service use them, without a synonym yet."""
    world.change(f'CREATE USER {owner} IDENTIFIED BY "Own-1"')
    for table in read_tables():
        world.change(f"CREATE TABLE {owner}.{table} AS SELECT * FROM {USER}.{table}")
        world.change(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {owner}.{table} TO {USER}")
        world.change(f"DROP TABLE {USER}.{table}")


def test_a_missing_synonym_is_reported_as_what_it_is(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    move_tables_to(world, "CDC_OWNER")

    code, out = check(world, tmp_path, iam)

    assert code == 1
    assert (
        "❌ ERROR_LOG: missing; CDC_OWNER has it, its synonym is missing: "
        "CREATE SYNONYM CDC.ERROR_LOG" in out
    )
    assert "init-tables" not in out


def test_a_user_who_may_not_create_tables_is_not_advised_to_run_init_tables_alone(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    world.change(f"DROP TABLE {USER}.ERROR_LOG")
    world.change(f"REVOKE CREATE TABLE FROM {USER}")

    _, out = check(world, tmp_path, iam)

    assert "❌ ERROR_LOG: missing; this user may not create tables: grant it" in out


def test_init_tables_warns_of_the_source_and_succeeds(world: World, tmp_path: Path) -> None:
    world.change(f"REVOKE SELECT ON {SOURCE} FROM {USER}")

    code, out, _ = finished(["init-tables"], world.environment(str(tmp_path)))

    assert code == 0
    assert f"⚠️  {SOURCE}: missing, or no SELECT on it" in out
    assert "❌" not in out


def test_fewer_sessions_than_the_service_likes_are_a_warning(
    world: World, tmp_path: Path, iam: Iam
) -> None:
    world.change("CREATE PROFILE few LIMIT SESSIONS_PER_USER 4")
    world.change(f"ALTER USER {USER} PROFILE few")

    code, out = check(world, tmp_path, iam)

    assert code == 0
    warning = "the profile of cdc allows 4 sessions (SESSIONS_PER_USER); the service likes 6"
    assert f"⚠️  {warning}" in out
