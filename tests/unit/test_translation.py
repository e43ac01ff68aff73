"""What botocore raises, sorted by what to do."""

from __future__ import annotations

import pytest
from botocore import exceptions as botocore

from oracle_cdc.aws.sqs.translation import describe_call
from oracle_cdc.aws.translation import Answer, sort_answer, translate
from oracle_cdc.errors import (
    CdcError,
    SqsConfigurationError,
    SqsCredentialsError,
    SqsUnanswered,
    SqsUnavailable,
)

URL = "https://sqs.eu-west-1.amazonaws.com/1/q"
SENDING = describe_call("SendMessage", URL)


def answer(code: str, status: int, operation: str = "SendMessageBatch") -> botocore.ClientError:
    return botocore.ClientError(
        {
            "Error": {"Code": code, "Message": "vendor's secret"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },  # type: ignore[typeddict-item]
        operation,
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (botocore.EndpointConnectionError(endpoint_url=URL), SqsUnanswered),
        (botocore.ConnectTimeoutError(endpoint_url=URL), SqsUnanswered),
        (botocore.ReadTimeoutError(endpoint_url=URL), SqsUnanswered),
        (botocore.ConnectionClosedError(endpoint_url=URL), SqsUnanswered),
        (botocore.SSLError(endpoint_url=URL, error="x"), SqsUnanswered),
        (botocore.ProxyConnectionError(proxy_url="http://user:secret@proxy"), SqsUnanswered),
        (botocore.HTTPClientError(error="x"), SqsUnanswered),
        (botocore.NoCredentialsError(), SqsCredentialsError),
        (botocore.PartialCredentialsError(provider="env", cred_var="x"), SqsCredentialsError),
        (
            botocore.CredentialRetrievalError(provider="sso", error_msg="secret"),
            SqsCredentialsError,
        ),
        (botocore.UnauthorizedSSOTokenError(), SqsCredentialsError),
        (botocore.NoRegionError(), SqsConfigurationError),
        (botocore.ParamValidationError(report="secret body"), SqsConfigurationError),
        (answer("AccessDenied", 403, "AssumeRole"), SqsCredentialsError),
        (answer("Throttling", 400, "AssumeRole"), SqsUnavailable),
        (answer("com.amazonaws.sqs#QueueDoesNotExist", 400), SqsConfigurationError),
        (answer("", 500), SqsUnavailable),
    ],
)
def test_each_failure_says_what_to_do_and_quotes_no_vendor(
    error: Exception, kind: type[CdcError]
) -> None:
    with pytest.raises(CdcError) as raised, translate(SENDING):
        raise error

    assert type(raised.value) is kind
    assert raised.value.__cause__ is error
    assert "secret" not in str(raised.value)


def test_what_is_none_of_botocores_stays_what_it_is() -> None:
    with pytest.raises(KeyError), translate(SENDING):
        raise KeyError


def test_a_permission_that_is_missing_is_named_with_its_queue() -> None:
    error = sort_answer(describe_call("ChangeMessageVisibility", URL), Answer("AccessDenied", 403))

    assert "allow sqs:ChangeMessageVisibility on this queue" in str(error)
    assert URL in str(error)


def test_a_refusal_that_sqs_did_not_write_names_the_right_and_what_may_refuse_on_the_way() -> None:
    error = sort_answer(describe_call("SendMessage", URL), Answer("403", 403))

    assert str(error).startswith(f"SendMessage at {URL}: no code, HTTP 403; allow sqs:SendMessage")
    assert "proxy" in str(error)


def test_codes_about_contents_concern_a_message_only_where_one_is_sent() -> None:
    error = sort_answer(describe_call("ReceiveMessage", URL), Answer("InvalidParameterValue", 400))

    assert isinstance(error, SqsConfigurationError)


def test_an_unreachable_proxy_is_named_without_its_password() -> None:
    with pytest.raises(SqsUnavailable) as reported, translate(SENDING):
        raise botocore.ProxyConnectionError(proxy_url="http://user:secret@proxy:3128")

    assert "ProxyConnectionError, proxy:3128; see firewall, HTTPS_PROXY" in str(reported.value)
    assert "secret" not in str(reported.value)


def test_an_unreachable_endpoint_is_named_when_the_queue_lies_elsewhere() -> None:
    unreachable = botocore.EndpointConnectionError(
        endpoint_url="http://127.0.0.1:1/path?key=secret"
    )

    with pytest.raises(SqsUnavailable) as reported, translate(SENDING):
        raise unreachable

    assert "127.0.0.1:1; see" in str(reported.value)
    assert "secret" not in str(reported.value)
