"""What SQS and botocore report, sorted by what to do.

Vendors' texts stay out: they can quote what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError

from oracle_cdc.errors import (
    CdcError,
    MessageRefused,
    MessageTooLarge,
    ResultRefused,
    SqsConfigurationError,
    SqsCredentialsError,
    SqsUnanswered,
    SqsUnavailable,
)

# The codes stand without the prefixes that the protocols of SQS put before some of them. Sources:
# each action's page,
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html and
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html

#: Throttling and outages. So is all that begins with KMS: a queue's key that is out of reach says
#: nothing of a message.
PASSING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "OverLimit",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
CREDENTIALS_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
ACCESS_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "NotAuthorized",
        "OptInRequired",
        "UnauthorizedOperation",
    }
)
MISSING_QUEUE_CODES = frozenset(
    {"InvalidAddress", "NoSuchBucket", "NonExistentQueue", "QueueDoesNotExist"}
)
#: What a pointer is to blame for.
UNREADABLE_CODES = frozenset({"InvalidObjectState", "KeyTooLongError", "NoSuchKey"})
#: What is wrong with the message itself, so that sending it again can't help.
CONTENTS_CODES = frozenset(
    {
        "InvalidAttributeValue",
        "InvalidMessageContents",
        "InvalidMessageContent",
        "MessageAttributesInvalid",
    }
)
#: Too large. InvalidParameterValue says it of a single message ("must be shorter than"), among
#: other things of it.
SIZE_CODES = frozenset({"BatchRequestTooLong", "InvalidParameterValue", "MessageTooLong"})
#: What SQS may answer to a request of ours.
KNOWN_CODES = PASSING_CODES.union(
    CREDENTIALS_CODES, ACCESS_CODES, MISSING_QUEUE_CODES, CONTENTS_CODES, SIZE_CODES
)

#: The HTTP status of a refusal, also of one that SQS did not write.
FORBIDDEN = 403

#: The requests that go to S3; their errors are sorted alike.
STORE_ACTIONS = frozenset({"GetObject", "PutObject"})

NETWORK_ERRORS = (
    botocore.ConnectionError,
    botocore.HTTPClientError,
    botocore.IncompleteReadError,
)
CREDENTIALS_ERRORS = (
    botocore.CredentialRetrievalError,
    botocore.LoginError,
    botocore.NoAuthTokenError,
    botocore.NoCredentialsError,
    botocore.PartialCredentialsError,
    botocore.RefreshWithMFAUnsupportedError,
    botocore.SSOError,
    botocore.TokenRetrievalError,
)


@contextmanager
def translate(action: str, queue_url: str) -> Iterator[None]:
    """Turn botocore's errors into ours. `action` is as IAM names it, such as SendMessage."""
    try:
        yield
    except botocore.ClientError as error:
        raise _from_answer(error, action, queue_url) from error
    except NETWORK_ERRORS as error:
        raise SqsUnanswered(f"{action} at {queue_url}: {describe_network(error)}") from error
    except ResponseParserError as error:
        raise SqsUnavailable(
            f"{action} at {queue_url}: {type(error).__name__}, no answer of SQS's"
        ) from error
    except CREDENTIALS_ERRORS as error:
        raise SqsCredentialsError(
            f"{action} at {queue_url}: {type(error).__name__}; set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or a profile or role that boto3 finds"
        ) from error
    except botocore.BotoCoreError as error:
        raise SqsConfigurationError(
            f"{action} at {queue_url}: {type(error).__name__}; see the AWS_ settings"
        ) from error


def sort_code(code: str, *, action: str, queue_url: str, status: int | None = None) -> CdcError:
    """Make the error that a code stands for, or for an unknown code the HTTP status.

    Whose fault SQS calls it (SenderFault) has no say: it calls a throttled or expired sender faulty
    too.
    """
    name = bare_code(code)
    right, place = _right_and_place(action)
    said = f"{action} at {queue_url}: {_describe_answer(name, status)}"
    if name in PASSING_CODES or name.upper().startswith("KMS"):
        return SqsUnavailable(said)
    if name in CREDENTIALS_CODES:
        return SqsCredentialsError(
            f"{said}; the keys are wrong or expired, or this host's clock is wrong"
        )
    if name in ACCESS_CODES:
        return SqsConfigurationError(f"{said}; allow {right} on this {place}")
    if name in MISSING_QUEUE_CODES:
        return SqsConfigurationError(
            f"{said}; this {place} is not there, in its region and account"
        )
    if action == "GetObject" and (name in UNREADABLE_CODES or status in (400, 404)):
        return ResultRefused(f"{said}; what it points to is not there, or can't be read")
    if action == "SendMessage" and name in SIZE_CODES:
        return MessageTooLarge(said)
    if action == "SendMessage" and name in CONTENTS_CODES:
        return MessageRefused(said)
    if status == FORBIDDEN:
        return SqsConfigurationError(
            f"{said}; allow {right} on this {place}, or see what refuses on the way "
            "(a proxy, the policy of an endpoint)"
        )
    if status is not None and 300 <= status < 500 and status not in (408, 429):
        return SqsConfigurationError(said)
    return SqsUnavailable(said)


def _right_and_place(action: str) -> tuple[str, str]:
    """Return the right that an action needs, as IAM names it, and what it is needed on."""
    if action in STORE_ACTIONS:
        return f"s3:{action}", "bucket"
    return f"sqs:{action}", "queue"


def is_known(code: str) -> bool:
    """Return whether a code is one of those that say what to do."""
    name = bare_code(code)
    return name.upper().startswith("KMS") or name in KNOWN_CODES


def bare_code(code: str) -> str:
    """Return the code without its protocol's prefix.

    The prefixes: AWS.SimpleQueueService.NonExistentQueue, com.amazonaws.sqs#OverLimit.
    """
    return code.rpartition("#")[2].removeprefix("AWS.SimpleQueueService.")


def _describe_answer(name: str, status: int | None) -> str:
    if not status:
        return name or "no code"
    # Of an answer that is not SQS's the driver takes the status for the code.
    if name in ("", str(status)):
        return f"no code, HTTP {status}"
    return f"{name}, HTTP {status}"


def describe_network(error: Exception) -> str:
    """Describe what happened, and with whom.

    The endpoint need not be the host of the queue's URL.
    """
    what = type(error).__name__
    details = getattr(error, "kwargs", {})
    url = details.get("endpoint_url") or details.get("proxy_url") or ""
    host = urlsplit(url).netloc.rpartition("@")[2]
    if not host:
        return what
    return f"{what}, {host}; see firewall, HTTPS_PROXY and AWS_ENDPOINT_URL"


def _from_answer(error: botocore.ClientError, action: str, queue_url: str) -> CdcError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    sorted_error = sort_code(code, action=action, queue_url=queue_url, status=status)
    # An operation of another service (AssumeRole ...) was refused on the way to the keys.
    if (
        error.operation_name in STORE_ACTIONS
        or "Message" in error.operation_name
        or "Queue" in error.operation_name
        or sorted_error.code == SqsUnavailable.code
    ):
        return sorted_error
    return SqsCredentialsError(
        f"{error.operation_name}, asked for the keys: {bare_code(code)}, HTTP {status}"
    )
