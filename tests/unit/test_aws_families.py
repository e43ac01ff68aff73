"""What AWS reports, as the errors of whoever asked, and where each service is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore import exceptions as botocore

from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, open_table
from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.session import AwsSession, RequestLimits, endpoint_of
from oracle_cdc.aws.translation import (
    DESTINATION,
    STORE,
    Answer,
    Call,
    ErrorFamily,
    sort_answer,
    translate,
    translate_shape,
)
from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationMissing,
    DestinationUnavailable,
    StoreConfigurationError,
    StoreCredentialsError,
    StoreMissing,
    StoreUnavailable,
)
from oracle_cdc.settings.sections import AwsSettings

URL = "https://kinesis.eu-west-1.amazonaws.com/"


def a_call(errors: ErrorFamily = DESTINATION) -> Call:
    return Call(
        service="Kinesis",
        said="PutRecords at Kinesis cdc",
        right="kinesis:PutRecords",
        place="this stream",
        errors=errors,
        endpoint_settings=("AWS_ENDPOINT_URL_KINESIS", "AWS_REGION"),
        setting="KINESIS_STREAM_NAME",
    )


UNAVAILABLE = (DestinationUnavailable, StoreUnavailable)
CONFIGURATION = (DestinationConfigurationError, StoreConfigurationError)
CREDENTIALS = (DestinationCredentialsError, StoreCredentialsError)
MISSING = (DestinationMissing, StoreMissing)


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (Answer("ThrottlingException", 400), UNAVAILABLE),
        (Answer("LimitExceededException", 400), UNAVAILABLE),
        (Answer("ResourceInUseException", 400), UNAVAILABLE),
        (Answer("NeverHeardOf", 503), UNAVAILABLE),
        (Answer("NeverHeardOf", 429), UNAVAILABLE),
        (Answer("NeverHeardOf", None), UNAVAILABLE),
        (Answer("KMSThrottlingException", 400), UNAVAILABLE),
        (Answer("IDPCommunicationError", 400), UNAVAILABLE),
        (Answer("OperationAborted", 409), UNAVAILABLE),
        (Answer("ExpiredTokenException", 400), CREDENTIALS),
        (Answer("InvalidToken", 400), CREDENTIALS),
        (Answer("ResourceNotFoundException", 400), MISSING),
        (Answer("AccessDeniedException", 500), CONFIGURATION),
        (Answer("KMSDisabledException", 400), CONFIGURATION),
        (Answer("UnknownOperationException", 404), CONFIGURATION),
        (Answer("NeverHeardOf", 403), CONFIGURATION),
        (Answer("NeverHeardOf", 400), CONFIGURATION),
    ],
)
def test_an_answer_means_the_same_in_each_family(
    answer: Answer, kinds: tuple[type[CdcError], type[CdcError]]
) -> None:
    found = (sort_answer(a_call(DESTINATION), answer), sort_answer(a_call(STORE), answer))
    assert (type(found[0]), type(found[1])) == kinds


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer("AccessDeniedException", 400), "; allow kinesis:PutRecords on this stream"),
        (Answer("KMSDisabledException", 400), "; see the KMS key of this stream and its policy"),
        (Answer("ResourceNotFoundException", 400), ": see KINESIS_STREAM_NAME and AWS_REGION"),
        (Answer("404", 404), "; what answers there is not Kinesis: see AWS_ENDPOINT_URL_KINESIS"),
    ],
)
def test_an_error_says_what_to_allow_or_to_look_at(answer: Answer, words: str) -> None:
    said = str(sort_answer(a_call(), answer))
    assert said.startswith("PutRecords at Kinesis cdc: ")
    assert said.endswith(words)


def test_a_certificate_that_is_not_trusted_is_for_a_person_to_mend() -> None:
    with (
        pytest.raises(DestinationConfigurationError, match="AWS_CA_BUNDLE"),
        translate(a_call()),
    ):
        raise botocore.SSLError(endpoint_url=URL, error=ValueError("secret"))


def test_a_host_that_can_not_be_reached_is_named_with_the_settings_that_lead_there() -> None:
    with pytest.raises(DestinationUnavailable) as raised, translate(a_call()):
        raise botocore.EndpointConnectionError(endpoint_url=URL)
    assert str(raised.value).endswith(
        "kinesis.eu-west-1.amazonaws.com; "
        "see firewall, HTTPS_PROXY, AWS_ENDPOINT_URL_KINESIS and AWS_REGION"
    )


@pytest.mark.parametrize("error", [KeyError("Records"), TypeError("secret"), AttributeError("x")])
def test_an_answer_of_another_shape_is_not_the_services(error: Exception) -> None:
    said = "no answer of Kinesis's"
    with pytest.raises(StoreUnavailable, match=said) as raised, translate_shape(a_call(STORE)):
        raise error
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("value", "what"), [("AWS_PROFILE", "ProfileNotFound"), ("AWS_CONFIG_FILE", "ConfigParse")]
)
def test_aws_settings_that_make_no_client_are_for_a_person_to_mend(
    monkeypatch: pytest.MonkeyPatch, value: str, what: str
) -> None:
    environment = {"AWS_PROFILE": "", "AWS_CONFIG_FILE": "/dev/null", value: "/etc/passwd"}
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    session = make_session(AwsSettings(region="eu-west-1", environment=environment))
    calling = open_stream(session, "cdc").calling("PutRecords")
    with pytest.raises(DestinationConfigurationError, match=what), calling:
        raise AssertionError


def test_a_region_that_nobody_names_is_asked_for_in_the_family_of_who_asks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    session = make_session(AwsSettings())
    calling = open_table(session, CHECKPOINTS, "checkpoints").calling("GetItem")
    with pytest.raises(StoreConfigurationError, match="set AWS_REGION"), calling:
        raise AssertionError


def make_session(settings: AwsSettings) -> AwsSession:
    return AwsSession(settings, RequestLimits(1.0, 1.0, concurrent_requests=1))


@pytest.mark.parametrize(
    ("service", "setting"),
    [
        ("kinesis", "AWS_ENDPOINT_URL_KINESIS"),
        ("events", "AWS_ENDPOINT_URL_EVENTBRIDGE"),
        ("dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"),
        ("cloudwatch", "AWS_ENDPOINT_URL_CLOUDWATCH"),
        ("logs", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"),
        ("lambda", "AWS_ENDPOINT_URL_LAMBDA"),
    ],
)
def test_a_service_is_where_its_own_variable_says_else_where_the_common_one_does(
    service: str, setting: str
) -> None:
    common = AwsSettings(endpoint_url="http://127.0.0.1:1")
    assert endpoint_of(common, service) == "http://127.0.0.1:1"
    own = AwsSettings(
        endpoint_url="http://127.0.0.1:1", environment={setting: "http://127.0.0.1:2"}
    )
    assert endpoint_of(own, service) == "http://127.0.0.1:2"


def test_queues_are_where_their_own_variable_says_else_where_the_common_one_does() -> None:
    common = AwsSettings(region="eu-west-1", endpoint_url="http://127.0.0.1:1")
    client = make_session(common).queue_client("http://queues/1/q", 1.0)
    assert client.meta.endpoint_url == "http://127.0.0.1:1"
    environment = {"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:2"}
    own = common.model_copy(update={"environment": environment})
    client = make_session(own).queue_client("http://queues/1/q", 1.0)
    assert client.meta.endpoint_url == "http://127.0.0.1:2"
