"""`invoke`: a function's handler in this process, or in AWS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.documents import ROOT
from tests.integration.test_lambda_invoking import serve_function
from tests.processor.commands import Watcher
from tests.sampleevents import SAMPLE, make_event

SAMPLE_FILE = ROOT / "events" / "sample-cdc-event.json"


def test_the_sample_event_is_published_as_an_event(watcher: Watcher) -> None:
    done = watcher.type("invoke", "--function", "cdc-processor", "--event", str(SAMPLE_FILE))
    assert (done.code, done.report) == (0, {"batchItemFailures": []})
    (event,) = watcher.world.publishing.events
    assert (event["source"], event["detail-type"]) == ("cdc-pipeline", "CDC.TableChange")
    detail = event["detail"]
    assert detail["before"]["status"] == "active"
    assert detail["after"]["status"] == "inactive"
    assert detail["metadata"]["sequenceNumber"] == SAMPLE.metadata.sequence_number


def test_the_function_can_be_named_without_its_option(watcher: Watcher) -> None:
    done = watcher.type("invoke", "cdc-processor", "--event", str(SAMPLE_FILE))
    assert done.report == {"batchItemFailures": []}


def test_what_waits_for_the_bus_is_in_the_answer(watcher: Watcher, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(make_event([SAMPLE])))
    watcher.world.publishing.order(action="PutEvents", refusal=(500, "InternalFailure"))
    done = watcher.type("invoke", "cdc-processor", "--event", str(file))
    (failure,) = done.report["batchItemFailures"]
    assert (
        failure["itemIdentifier"] == make_event([SAMPLE])["Records"][0]["kinesis"]["sequenceNumber"]
    )


def test_the_health_check_needs_no_event(watcher: Watcher) -> None:
    done = watcher.type("invoke", "--function", "health-check")
    assert (done.code, done.report["status"]) == (0, "healthy")


def test_dead_letters_are_tried_again(watcher: Watcher) -> None:
    watcher.set_aside(1)
    done = watcher.type("invoke", "dead-letter-processor")
    assert done.report == {"published": 1, "failed": 0, "foreign": 0}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "say which function, once"),
        (["cdc-processor", "--function", "health-check"], "say which function, once"),
        (["state-manager"], "state-manager: no function of this service"),
        (["cdc-processor", "--event", "nowhere.json"], "--event: nowhere.json: No such file"),
        (["cdc-processor", "--event", str(ROOT / "README.md")], "is no JSON"),
    ],
)
def test_what_can_not_be_called_is_said(watcher: Watcher, arguments: list[str], why: str) -> None:
    done = watcher.type("invoke", *arguments)
    assert done.code == 2
    assert why in done.err


@pytest.mark.parametrize(
    ("name", "event"),
    [
        *(("cdc-processor", event) for event in ({}, [], 5, None, {"Records": 5})),
        ("cdc-processor", {"Records": [{"kinesis": {"data": "e30="}}]}),
        *(("dead-letter-processor", event) for event in (5, {"Records": [5]}, {"Records": [{}]})),
    ],
)
def test_an_event_of_another_form_is_refused(
    watcher: Watcher, tmp_path: Path, name: str, event: object
) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    done = watcher.type("invoke", name, "--event", str(file))
    assert done.code == 2
    assert f"--event: no event of {name} (" in done.err
    assert "Traceback" not in done.err


def test_a_function_that_needs_an_event_says_so(watcher: Watcher) -> None:
    done = watcher.type("invoke", "cdc-processor")
    assert done.code == 2
    assert "allowed: an object with the Records that AWS hands over, such as" in done.err


def test_a_function_in_aws_gets_the_event_and_its_answer_is_printed(watcher: Watcher) -> None:
    with serve_function(b'{"status": "healthy"}') as (url, asked):
        done = watcher.type(
            "invoke", "--remote", "--function", "health-check", AWS_ENDPOINT_URL_LAMBDA=url
        )
    assert (done.code, done.report) == (0, {"status": "healthy"})
    ((path, body),) = asked
    assert "/functions/health-check/" in path
    assert json.loads(body) == {}


def test_a_function_that_fails_is_exit_code_1(watcher: Watcher) -> None:
    headers = {"X-Amz-Function-Error": "Unhandled"}
    with serve_function(b'{"errorType": "SettingsError"}', headers=headers) as (url, _):
        done = watcher.type("invoke", "--remote", "my-function", AWS_ENDPOINT_URL_LAMBDA=url)
    assert done.code == 1
    assert "it failed (Unhandled): logs tail --function my-function" in done.out
