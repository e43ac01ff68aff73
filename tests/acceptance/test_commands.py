"""The other commands, as an operator types them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.process import ROOT, finished
from tests.acceptance.test_run import HELLO
from tests.integration.answers import other_name
from tests.world import SOURCE, USER, World


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("config.py", "config.py, line 2 can't be read: SyntaxError"),
        ("config/config.py", "config.py is not there: it belongs beside cdc_service.py"),
    ],
)
def test_a_config_that_is_no_python_any_more_or_gone_is_named(
    tmp_path: Path, name: str, said: str
) -> None:
    shutil.copy2(ROOT / "cdc_service.py", tmp_path)
    (tmp_path / "oracle_cdc").symlink_to(ROOT / "oracle_cdc")
    (tmp_path / "config").mkdir()
    (tmp_path / name).write_text('CDC_CONFIG = {\n    "min_segments": 3\n    "settle": 60\n}\n')

    ended = subprocess.run(
        [sys.executable, "cdc_service.py", "status"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(said)


def test_check_says_that_all_is_well_and_changes_nothing(world: World, tmp_path: Path) -> None:
    world.record("1", *HELLO)

    code, out, err = finished(["check"], world.environment(str(tmp_path)))

    assert (code, err) == (0, "")
    for line in (
        "✅ Oracle connection successful",
        "✅ SQS connection successful",
        "✅ All tables validated",
        "🔄 First CDC cycle completed (dry run)",
    ):
        assert line in out
    assert "1 would be sent" in out
    assert (world.states(), world.received()) == ({}, [])


def test_check_counts_what_would_be_redacted_and_shows_none_of_it(
    world: World, tmp_path: Path
) -> None:
    world.record("1", *HELLO, ("C", "0547654321 or canary@example.com"))

    environment = world.environment(str(tmp_path), REDACTION="mark")
    code, out, err = finished(["check"], environment)

    assert (code, err) == (0, "")
    assert "would be redacted: email 1, phone 1" in out
    assert "0547654321" not in out
    assert "canary" not in out


def test_check_exits_3_when_oracle_is_not_there(world: World, tmp_path: Path) -> None:
    code, out, _ = finished(["check"], world.environment(str(tmp_path), ORACLE_PORT="1"))

    assert code == 3
    assert "❌ Oracle" in out
    assert "✅ SQS connection successful" in out


def test_check_exits_3_for_a_wrong_password_and_does_not_print_it(
    world: World, tmp_path: Path
) -> None:
    code, out, err = finished(
        ["check"], world.environment(str(tmp_path), ORACLE_PASSWORD="wrong-Secret-9")
    )

    assert code == 3
    assert "ORA-01017" in out
    assert "wrong-Secret-9" not in out + err


def test_check_exits_4_when_the_queue_does_not_exist(world: World, tmp_path: Path) -> None:
    url = world.outbound_url + "-nowhere"
    code, out, _ = finished(["check"], world.environment(str(tmp_path), SQS_OUTBOUND_QUEUE_URL=url))

    assert code == 4
    assert "❌ SQS" in out


def test_check_finds_one_queue_under_two_names(world: World, tmp_path: Path) -> None:
    other = other_name(world.outbound_url)
    code, out, _ = finished(
        ["check"], world.environment(str(tmp_path), SQS_RESULTS_QUEUE_URL=other)
    )

    assert code == 0
    assert "⚠️" in out
    assert "SQS_OUTBOUND_QUEUE_URL and SQS_RESULTS_QUEUE_URL name one queue" in out
    assert out.count("is shared by both directions") == 1


def test_check_names_missing_tables_and_the_grant_that_is_missing(
    world: World, tmp_path: Path
) -> None:
    world.change(f"DROP TABLE {USER}.ERROR_LOG")
    world.change(f"REVOKE SELECT ON {SOURCE} FROM {USER}")

    code, out, _ = finished(["check"], world.environment(str(tmp_path)))

    assert code == 1
    assert "ERROR_LOG: missing" in out
    assert f"GRANT SELECT ON {SOURCE} TO" in out


def test_check_names_a_missing_column_and_a_wrong_type(world: World, tmp_path: Path) -> None:
    world.change(f"ALTER TABLE {USER}.DICTA_CALL_SUMMARY DROP COLUMN SENTIMENT")
    world.change(f"ALTER TABLE {USER}.ERROR_LOG DROP COLUMN RETRY_COUNT")
    world.change(f"ALTER TABLE {USER}.ERROR_LOG ADD (RETRY_COUNT VARCHAR2(10))")

    code, out, _ = finished(["check"], world.environment(str(tmp_path)))

    assert code == 1
    assert "SENTIMENT" in out
    assert "RETRY_COUNT is VARCHAR, it must be NUMBER" in out


def test_init_tables_can_be_run_again_and_again(world: World, tmp_path: Path) -> None:
    world.change(f"DROP TABLE {USER}.ERROR_LOG")
    environment = world.environment(str(tmp_path))

    first, second = (finished(["init-tables"], environment) for _ in range(2))

    assert (first[0], second[0]) == (0, 0)
    assert "created ERROR_LOG" in first[1]
    assert "created" not in second[1]


def test_init_tables_print_shows_the_file_without_any_settings() -> None:
    code, out, _ = finished(["init-tables", "--print"], {})

    assert code == 0
    assert out.startswith("-- The tables that the service owns")


def test_status_shows_what_the_contract_names(world: World, tmp_path: Path) -> None:
    world.record("1", *HELLO)
    environment = world.environment(str(tmp_path))
    assert finished(["run", "--once"], environment)[0] == 0

    code, out, _ = finished(["status", "--json"], environment)

    report = json.loads(out)
    assert code == 0
    assert set(report) >= {
        "watermark",
        "lagSeconds",
        "states",
        "queues",
        "failures",
        "emptyAnswers",
        "overdue",
        "reconcile",
        "leases",
        "ready",
    }
    assert report["states"] == {"SENT": 1}
    assert report["queues"] == {"outbound": 1, "results": 0}
    assert report["ready"] is True


def test_status_counts_empty_answers(world: World, tmp_path: Path) -> None:
    world.answer("1", modelVersion="v1")
    world.answer("2", summary="s")
    environment = world.environment(str(tmp_path))
    finished(["run", "--once"], environment)

    _, out, _ = finished(["status", "--json"], environment)

    assert json.loads(out)["emptyAnswers"] == 1


def test_status_before_the_first_run_says_that_it_never_ran(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))

    code, out, _ = finished(["status", "--json"], environment)

    report = json.loads(out)
    assert (code, report["ready"], report["watermark"]) == (0, False, None)
    assert report["reasons"] == ["the service never ran: python cdc_service.py run"]


def test_status_speaks_words_to_people(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))

    _, out, _ = finished(["status"], environment)

    lines = out.splitlines()
    assert lines[0].split() == ["ready", "no"]
    assert lines[1].strip() == "the service never ran: python cdc_service.py run"
    assert lines[2].split(maxsplit=1) == ["watermark", "none yet"]
    assert "None" not in out


def test_status_names_a_pause_and_stays_ready(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))
    assert finished(["run", "--once"], environment)[0] == 0
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 0 "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )

    report = json.loads(finished(["status", "--json"], environment)[1])

    assert (report["paused"], report["ready"], report["reasons"]) == (["CDC_NORMAL_MODE"], True, [])


def test_status_of_a_queue_that_is_gone_says_why_and_exits_4(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))
    assert finished(["run", "--once"], environment)[0] == 0
    url = world.outbound_url + "-gone"

    code, out, _ = finished(["status", "--json"], {**environment, "SQS_OUTBOUND_QUEUE_URL": url})

    report = json.loads(out)
    assert (code, report["ready"], report["queues"]) == (4, False, {"outbound": None, "results": 0})
    (reason,) = report["reasons"]
    assert reason.startswith("outbound queue: ")
    assert "this queue is not there" in reason


def test_status_of_a_service_that_stopped_says_since_when(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))
    assert finished(["run", "--once"], environment)[0] == 0
    world.move_clock(600)

    report = json.loads(finished(["status", "--json"], environment)[1])

    assert report["ready"] is False
    assert report["reasons"][0].startswith("no copy has worked for 60")


def test_status_lists_overdue_calls(world: World, tmp_path: Path) -> None:
    world.record("1", *HELLO)
    environment = world.environment(str(tmp_path))
    assert finished(["run", "--once"], environment)[0] == 0
    world.move_clock(2 * 3600)

    _, out, _ = finished(["status", "--overdue", "--json"], environment)

    report = json.loads(out)
    assert report["overdue"] == 1
    assert [call["callId"] for call in report["overdueCalls"]] == ["1"]


@pytest.mark.parametrize("arguments", [["nonsense"], ["demo", "--calls", "0"], ["run", "--twice"]])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    code, _, err = finished(arguments, {})

    assert code == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "line", ["checkpoint show", "status", "init-tables --print", "--help", "failures list"]
)
def test_a_reader_that_has_had_enough_is_met_in_silence(
    world: World, tmp_path: Path, line: str
) -> None:
    # `COMMAND | head -1`, with a head that is gone before the first line.
    reader, writer = os.pipe()
    os.close(reader)

    ended = subprocess.run(
        [sys.executable, str(ROOT / "cdc_service.py"), *line.split()],
        env=world.environment(str(tmp_path)),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    os.close(writer)
    assert ended.returncode in (141, 0)
    assert ended.stderr == ""
