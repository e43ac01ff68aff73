"""What AWS and botocore report to a request, sorted into a service's own errors.

Vendors' texts stay out: they can quote what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError

from oracle_cdc.aws.error_codes import (
    ACCESS_CODES,
    CREDENTIALS_CODES,
    CREDENTIALS_ERRORS,
    FORBIDDEN,
    FOREIGN_CODES,
    KEY_OPERATIONS,
    KEY_PREFIX,
    MISSING_CODES,
    NETWORK_ERRORS,
    PASSING_CODES,
    PASSING_STATUSES,
    bare_code,
    describe_answer,
    describe_network,
)
from oracle_cdc.errors import (
    CdcError,
    ConfigurationError,
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationMissing,
    DestinationUnavailable,
    SqsConfigurationError,
    StoreConfigurationError,
    StoreCredentialsError,
    StoreMissing,
    StoreUnavailable,
    Unavailable,
)


@dataclass(frozen=True)
class ErrorFamily:
    """The errors of one kind of dependency.

    unanswered: no answer came, and the request may have been carried out.
    untrusted: the certificate of what answered is not trusted.
    """

    unavailable: type[Unavailable]
    unanswered: type[Unavailable]
    untrusted: type[CdcError]
    configuration: type[ConfigurationError]
    missing: type[ConfigurationError]
    credentials: type[CdcError]


DESTINATION = ErrorFamily(
    unavailable=DestinationUnavailable,
    unanswered=DestinationUnavailable,
    untrusted=DestinationConfigurationError,
    configuration=DestinationConfigurationError,
    missing=DestinationMissing,
    credentials=DestinationCredentialsError,
)
STORE = ErrorFamily(
    unavailable=StoreUnavailable,
    unanswered=StoreUnavailable,
    untrusted=StoreConfigurationError,
    configuration=StoreConfigurationError,
    missing=StoreMissing,
    credentials=StoreCredentialsError,
)


class Answer(NamedTuple):
    """An answer that is an error.

    code: without its protocol's prefix.
    status: of HTTP. None for an entry of a batch.
    message: the vendor's. It is looked at, never quoted.
    """

    code: str
    status: int | None = None
    message: str = ""


def sort_nothing(_call: Call, _answer: Answer) -> CdcError | None:
    """Leave every answer to what all services have in common."""
    return None


@dataclass(frozen=True)
class Call:
    """One request, as its errors name it.

    service: such as SQS.
    said: what was asked of what, such as "SendMessage at https://...".
    right: that it needs, as IAM names it, such as sqs:SendMessage.
    place: what the right is needed on, such as "this queue".
    setting: that names the place, where one does.
    endpoint_settings: those that say where the service is.
    own: sorts what only this service answers, before all else.
    made_by: the command that makes the place, where one of ours does.
    """

    service: str
    said: str
    right: str
    place: str
    errors: ErrorFamily
    endpoint_settings: Sequence[str] = ("AWS_ENDPOINT_URL",)
    setting: str = ""
    own: Callable[[Call, Answer], CdcError | None] = sort_nothing
    made_by: str = ""

    def describe(self, answer: Answer) -> str:
        """Return what was asked and what was answered."""
        return f"{self.said}: {describe_answer(answer.code, answer.status)}"


@contextmanager
def translate(call: Call) -> Iterator[None]:
    """Turn botocore's errors into those of the call's family."""
    errors, said = call.errors, call.said
    try:
        yield
    except botocore.ClientError as error:
        raise sort_client_error(call, error) from error
    except botocore.SSLError as error:
        raise errors.untrusted(
            f"{said}: the certificate is not trusted "
            f"({describe_network(error, call.endpoint_settings)}); "
            "AWS_CA_BUNDLE names a file of those that are"
        ) from error
    except NETWORK_ERRORS as error:
        raise errors.unanswered(
            f"{said}: {describe_network(error, call.endpoint_settings)}"
        ) from error
    except ResponseParserError as error:
        raise errors.unavailable(describe_foreign(call)) from error
    except CREDENTIALS_ERRORS as error:
        raise errors.credentials(
            f"{said}: {type(error).__name__}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "or a profile or role that boto3 finds"
        ) from error
    except (botocore.BotoCoreError, ValueError, OSError) as error:
        # Also of what AWS_ variables and files hold that is no URL, number, path ...
        raise errors.configuration(
            f"{said}: {type(error).__name__}; see the AWS_ settings"
        ) from error
    except SqsConfigurationError as error:
        # The session, which all services share, knows no region.
        raise errors.configuration(f"{said}: {error}") from error


@contextmanager
def translate_shape(call: Call) -> Iterator[None]:
    """Turn what an answer of another shape leads to into an outage: it is not the service's.

    botocore takes whatever JSON comes, and leaves out what is none. Only a request, and what is
    read of its answer, may stand in the block.
    """
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise call.errors.unavailable(describe_foreign(call)) from error


def describe_foreign(call: Call) -> str:
    """Return what is said of an answer that has another shape than the service's."""
    return f"{call.said}: no answer of {call.service}'s; see {call.endpoint_settings[0]}"


def sort_client_error(call: Call, error: botocore.ClientError) -> CdcError:
    """Make the error that an answer to a whole request stands for."""
    said = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    answer = Answer(bare_code(str(said.get("Code", ""))), status, str(said.get("Message", "")))
    found = sort_answer(call, answer)
    if error.operation_name not in KEY_OPERATIONS or isinstance(found, Unavailable):
        return found
    return call.errors.credentials(
        f"{error.operation_name}, asked for the keys: {describe_answer(answer.code, status)}"
    )


def sort_answer(call: Call, answer: Answer) -> CdcError:
    """Make the error that a code stands for, or for an unknown code the HTTP status.

    Whose fault AWS calls it has no say: it calls a throttled or expired sender faulty too.
    """
    own = call.own(call, answer)
    if own is not None:
        return own
    errors, said = call.errors, call.describe(answer)
    if answer.code in PASSING_CODES:
        return errors.unavailable(said)
    if answer.code in CREDENTIALS_CODES:
        return errors.credentials(
            f"{said}; the keys are wrong or expired, or this host's clock is wrong"
        )
    if answer.code in ACCESS_CODES:
        return errors.configuration(f"{said}; allow {call.right} on {call.place}")
    if answer.code in MISSING_CODES:
        return errors.missing(describe_missing(call, answer))
    if answer.code.startswith(KEY_PREFIX):
        return errors.configuration(f"{said}; see the KMS key of {call.place} and its policy")
    if answer.code in FOREIGN_CODES:
        return errors.configuration(
            f"{said}; what answers there is not {call.service}: see {call.endpoint_settings[0]}"
        )
    return sort_status(call, answer)


def sort_status(call: Call, answer: Answer) -> CdcError:
    """Make the error that an unknown code's HTTP status stands for."""
    said = call.describe(answer)
    if answer.status == FORBIDDEN:
        return call.errors.configuration(
            f"{said}; allow {call.right} on {call.place}, or see what refuses on the way "
            "(a proxy, the policy of an endpoint)"
        )
    if (
        answer.status is not None
        and 300 <= answer.status < 500
        and answer.status not in PASSING_STATUSES
    ):
        return call.errors.configuration(said)
    return call.errors.unavailable(said)


def describe_missing(call: Call, answer: Answer) -> str:
    """Return what is said of a place that is not there."""
    said = f"{call.describe(answer)}; {call.place} is not there, in its region and account"
    if call.setting:
        said += f": see {call.setting} and AWS_REGION"
    if call.made_by:
        said += f", or run `python cdc_service.py {call.made_by}`"
    return said
