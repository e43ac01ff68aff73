"""What AWS and botocore report, by what it means for whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from botocore import exceptions as botocore

# The codes stand without the prefixes that some protocols put before them. Sources: each action's
# page, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html,
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html and the service models
# of botocore 1.44.

#: Throttling, outages, and changes under way.
PASSING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "ExpiredNextTokenException",
        "IDPCommunicationError",
        "InternalError",
        "InternalException",
        "InternalFailure",
        "InternalFailureException",
        "InternalServerError",
        "InternalServiceFault",
        "KMSThrottlingException",
        "LimitExceededException",
        "OperationAborted",
        "OverLimit",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ResourceInUseException",
        "ResourceNotReadyException",
        "ServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
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
        "InvalidToken",
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
#: Of a stream, bus, table, function or group of logs.
MISSING_CODES = frozenset({"ResourceNotFoundException", "TableNotFoundException"})
#: Of an endpoint that is another service's.
FOREIGN_CODES = frozenset({"InvalidAction", "UnknownOperationException", "UnknownOperation", "404"})
#: What means the same wherever it is answered.
COMMON_CODES = PASSING_CODES | CREDENTIALS_CODES | ACCESS_CODES | MISSING_CODES | FOREIGN_CODES
#: How the codes begin by which a service says that it could not use a key of KMS.
KEY_PREFIX = "KMS"

#: The HTTP status of a refusal, also of one that AWS did not write.
FORBIDDEN = 403
#: Statuses below 500 that pass.
PASSING_STATUSES = frozenset({408, 429})

#: By these botocore asks for the keys themselves (botocore's credentials.py and tokens.py).
KEY_OPERATIONS = frozenset(
    {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "CreateOAuth2Token",
        "CreateToken",
        "GetRoleCredentials",
    }
)

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


def bare_code(code: str) -> str:
    """Return the code without its protocol's prefix.

    The prefixes: AWS.SimpleQueueService.NonExistentQueue, com.amazonaws.sqs#OverLimit.
    """
    return code.rpartition("#")[2].removeprefix("AWS.SimpleQueueService.")


def describe_answer(name: str, status: int | None) -> str:
    """Describe an answer by its bare code and its HTTP status."""
    if not status:
        return name or "no code"
    # Of an answer that is not AWS's the driver takes the status for the code.
    if name in ("", str(status)):
        return f"no code, HTTP {status}"
    return f"{name}, HTTP {status}"


def describe_network(error: Exception, settings: Sequence[str]) -> str:
    """Describe what happened, and with whom.

    The endpoint need not be the host of a queue's URL.

    Parameters:
        settings: those that say where the endpoint is.
    """
    what = type(error).__name__
    details = getattr(error, "kwargs", {})
    url = details.get("endpoint_url") or details.get("proxy_url") or ""
    host = urlsplit(url).netloc.rpartition("@")[2]
    if not host:
        return what
    *others, last = ("firewall", "HTTPS_PROXY", *settings)
    return f"{what}, {host}; see {', '.join(others)} and {last}"
