"""`logs tail`: a function's lines from CloudWatch Logs, or this service's own file."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from oracle_cdc.commands.processor.logs import open_log, print_added
from tests.awsplaces import connect, make_name
from tests.processor.commands import Desk


@pytest.fixture(scope="module")
def quick_queue_server(sqs_server: str) -> str:
    """Return moto's address: it has logs too."""
    return sqs_server


@pytest.fixture
def function(desk: Desk) -> str:
    """Give a function whose log has five lines, a second apart."""
    name = make_name("function")
    logs = connect("logs", desk.sqs_url)
    group = f"/aws/lambda/{name}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    begin = datetime.now(timezone.utc) - timedelta(minutes=1)
    events = []
    for number in range(5):
        at = begin + timedelta(seconds=number)
        events.append({"timestamp": int(at.timestamp() * 1000), "message": f"line {number}\n"})
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    return name


def test_the_newest_lines_of_a_function_have_their_times(desk: Desk, function: str) -> None:
    done = desk.type("logs", "tail", "--function", function, "--lines", "2", "--once")
    assert done.code == 0
    assert [line.split(" ", 1)[1] for line in done.lines] == ["line 3", "line 4"]
    assert datetime.fromisoformat(done.lines[0].split()[0].replace("Z", "+00:00"))


def test_a_function_that_never_ran_is_named(desk: Desk) -> None:
    done = desk.type("logs", "tail", "--function", "nowhere", "--once")
    assert done.code == 4
    assert "/aws/lambda/nowhere" in done.err


def test_without_a_function_it_is_the_services_own_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "cdc_service.log").write_text("one\ntwo\nthree\n")
    done = desk.type("logs", "tail", "--lines", "2", "--once", LOG_DIR=str(tmp_path))
    assert (done.code, done.lines) == (0, ["two", "three"])


def test_without_aws_the_functions_run_here(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cdc_service.log").write_text("here\n")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    keyless = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    done = desk.type(
        "logs", "tail", "--function", "cdc-processor", "--once", LOG_DIR=str(tmp_path), **keyless
    )
    assert done.code == 0
    assert "here is cdc_service.log instead" in done.out
    assert done.lines[-1] == "here"


@pytest.mark.parametrize(("directory", "why"), [("none", "LOG_DIR is none"), ("nowhere", "is not")])
def test_a_log_that_is_not_there_is_named(
    desk: Desk, tmp_path: Path, directory: str, why: str
) -> None:
    given = directory
    if directory != "none":
        given = str(tmp_path / directory)
    done = desk.type("logs", "tail", "--once", LOG_DIR=given)
    assert done.code == 2
    assert why in done.err


def test_what_is_added_is_printed_until_the_file_was_rotated_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cdc_service.log"
    path.write_text("old\n")
    with open_log(path) as file:
        file.read()
        with path.open("a") as writer:
            writer.write("the last line\n")
        path.rename(tmp_path / "cdc_service.log.1")
        path.write_text("the first line of the next file\n")
        print_added(file, path)
    assert capsys.readouterr().out == "the last line\n"
