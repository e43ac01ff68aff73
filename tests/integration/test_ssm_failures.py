"""SSM that throttles, refuses, or does not answer: what is asked again, and what is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from oracle_cdc.aws.ssm import layer
from oracle_cdc.aws.ssm.store import MAX_PARAMETERS, Patience
from oracle_cdc.errors import ParametersRefused
from oracle_cdc.programs import KEY_PATHS
from oracle_cdc.settings.layers import StoreAccess
from oracle_cdc.settings.sections import AwsSettings, SsmSettings
from oracle_cdc.settings.sources import Source
from standins.scriptedsqs import Endpoint, refuse, serve_endpoint
from tests.parameters import access_to

QUICK = Patience(initial_seconds=0.01, max_seconds=0.02)
AT_ONCE = Patience(initial_seconds=0.01, max_seconds=0.02, within_seconds=0.0)


Answers = Callable[[str, dict[str, Any]], "tuple[int, dict[str, Any] | bytes]"]


def ask(answer: Answers, patience: Patience) -> tuple[Source, Endpoint]:
    with serve_endpoint(answer) as endpoint:
        return layer.read_ssm(access_to(endpoint.url), KEY_PATHS, patience), endpoint


def page(*names: str, token: str = "") -> tuple[int, dict[str, Any]]:
    records = []
    for name in names:
        records.append({"Name": f"/app/oracle/{name}", "Value": "v", "Version": 1})
    return 200, {"Parameters": records, "NextToken": token}


@pytest.mark.parametrize(
    "refused",
    [
        refuse("ThrottlingException"),
        refuse("InternalServerError", status=500),
        (503, b"<html>"),
    ],
)
def test_a_store_that_throttles_is_asked_again_from_where_it_was(
    refused: tuple[int, dict[str, Any] | bytes], caplog: pytest.LogCaptureFixture
) -> None:
    replies = iter([page("host", token="t1"), refused, refused, page("username")])
    read, endpoint = ask(lambda _action, _request: next(replies), QUICK)
    assert sorted(read.given) == ["ORACLE_HOST", "ORACLE_USER"]
    assert [request.get("NextToken") for _, request in endpoint.requests] == [
        None,
        "t1",
        "t1",
        "t1",
    ]
    # Whoever waits for the start reads once why.
    (message,) = caplog.messages
    assert message.startswith("SSM /app/oracle: GetParametersByPath in eu-west-1: ")
    assert "; asked again for" in message


def test_only_pages_of_ten_below_the_path_are_asked_for_decrypted_and_nothing_is_listed() -> None:
    _, endpoint = ask(lambda _action, _request: page("host"), QUICK)
    assert endpoint.requests == [
        (
            "GetParametersByPath",
            {"Path": "/app/oracle", "Recursive": True, "WithDecryption": True, "MaxResults": 10},
        )
    ]


def test_a_store_that_keeps_throttling_is_given_up_with_path_action_and_region() -> None:
    read, endpoint = ask(lambda _action, _request: refuse("ThrottlingException"), AT_ONCE)
    assert read.is_unread
    assert list(read.mistakes) == [
        "SSM /app/oracle: GetParametersByPath in eu-west-1: ThrottlingException, HTTP 400; "
        "asked again until it was too late"
    ]
    assert len(endpoint.requests) == 1


KEY_TEXT = "The ciphertext refers to a customer master key that does not exist (Service: AWSKMS)"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refuse("AccessDeniedException"), "; allow ssm:GetParametersByPath on it"),
        (
            (400, {"__type": "AccessDeniedException", "message": KEY_TEXT}),
            "; allow kms:Decrypt on the key of these parameters",
        ),
        (refuse("InvalidKeyId"), "; allow kms:Decrypt on the key of these parameters"),
        (refuse("UnrecognizedClientException"), "or this host's clock is wrong"),
        (refuse("UnknownOperationException"), "not SSM: see AWS_ENDPOINT_URL_SSM"),
        ((404, {}), "not SSM: see AWS_ENDPOINT_URL_SSM"),
        (refuse("ValidationException"), "ValidationException, HTTP 400"),
    ],
)
def test_a_refusal_says_what_to_allow_or_to_set_and_is_asked_once(
    answer: tuple[int, dict[str, Any]], said: str
) -> None:
    read, endpoint = ask(lambda _action, _request: answer, QUICK)
    (mistake,) = read.mistakes
    assert mistake.startswith("SSM /app/oracle: GetParametersByPath in eu-west-1: ")
    assert mistake.endswith(said)
    assert "geheim" not in mistake
    assert "vendor" not in mistake
    assert len(endpoint.requests) == 1


def test_an_endpoint_where_nobody_listens_is_named() -> None:
    read = layer.read_ssm(access_to("http://127.0.0.1:9"), KEY_PATHS, AT_ONCE)
    (mistake,) = read.mistakes
    assert "EndpointConnectionError, 127.0.0.1:9; see firewall" in mistake
    assert "AWS_REGION" in mistake


def test_a_store_without_a_region_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    aws = AwsSettings(access_key_id="k", secret_access_key="s")
    access = StoreAccess(aws=aws, ssm=SsmSettings(path="/app"))
    (mistake,) = layer.read_ssm(access, KEY_PATHS, AT_ONCE).mistakes
    assert mistake.endswith("the region of AWS is not known: set AWS_REGION")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_PROFILE", "nobody", "ProfileNotFound"),
        ("AWS_CONFIG_FILE", "/etc/passwd", "ConfigParseError"),
        ("AWS_ENDPOINT_URL_SSM", "not a url", "ValueError"),
        ("AWS_STS_REGIONAL_ENDPOINTS", "x", "InvalidSTSRegionalEndpointsConfigError"),
    ],
)
def test_an_aws_setting_that_no_client_can_be_made_of_is_a_mistake_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    # boto3 reads them from the process's environment, which gets them from the settings.
    monkeypatch.setenv(name, value)
    access = access_to("http://127.0.0.1:9", environment={name: value})
    (mistake,) = layer.read_ssm(access, KEY_PATHS, AT_ONCE).mistakes
    assert mistake.endswith(f"in no region: {said}; see the AWS_ settings")


RUBBISH = [
    [], None, "rubbish", {"Parameters": "rubbish"}, {"Parameters": ["rubbish"]},
    {"Parameters": [{}]}, {"Parameters": [{"Name": "/app/oracle/password", "Value": None}]},
]  # fmt: skip


@pytest.mark.parametrize("body", [json.dumps(each).encode() for each in RUBBISH])
def test_an_answer_of_another_shape_is_a_mistake_and_no_traceback(body: bytes) -> None:
    read, _ = ask(lambda _action, _request: (200, body), AT_ONCE)
    (mistake,) = read.mistakes
    assert "no answer of SSM's" in mistake


def test_pages_that_never_end_are_given_up_in_time() -> None:
    read, endpoint = ask(lambda _action, _request: page(token="more"), AT_ONCE)
    (mistake,) = read.mistakes
    assert "its pages do not end" in mistake
    assert len(endpoint.requests) == 1


def test_a_path_with_no_end_is_refused() -> None:
    def answer(_action: str, _request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return page(*[f"n{number}" for number in range(100)], token="again")

    read, endpoint = ask(answer, QUICK)
    assert list(read.mistakes) == ["SSM /app/oracle: more than 1000 below it"]
    assert len(endpoint.requests) == MAX_PARAMETERS / 100 + 1


def test_a_parameter_that_may_not_be_read_again_raises_and_is_asked_once() -> None:
    with serve_endpoint(lambda _action, _request: refuse("AccessDeniedException")) as endpoint:
        store = layer.open_store(access_to(endpoint.url), QUICK)
        with pytest.raises(ParametersRefused, match="allow ssm:GetParameter on it"):
            store.read("/app/oracle/password")
    assert [action for action, _ in endpoint.requests] == ["GetParameter"]
