"""What only SQS and S3 report, sorted by what to do."""

from __future__ import annotations

from oracle_cdc.aws.error_codes import COMMON_CODES, KEY_PREFIX, bare_code
from oracle_cdc.aws.translation import Answer, Call, ErrorFamily, describe_missing, sort_answer
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

ERRORS = ErrorFamily(
    unavailable=SqsUnavailable,
    unanswered=SqsUnanswered,
    untrusted=SqsUnanswered,
    configuration=SqsConfigurationError,
    missing=SqsConfigurationError,
    credentials=SqsCredentialsError,
)

# Sources: each action's page, and
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html

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

#: The requests that go to S3; their errors are sorted alike.
STORE_ACTIONS = frozenset({"GetObject", "PutObject"})


def describe_call(action: str, place: str) -> Call:
    """Return a request to a queue or a bucket, as its errors name it.

    Parameters:
        action: as IAM names it, such as SendMessage.
        place: the queue's URL, or s3://bucket.
    """
    own = OWN.get(action, sort_own)
    said = f"{action} at {place}"
    if action in STORE_ACTIONS:
        return Call("S3", said, f"s3:{action}", "this bucket", ERRORS, own=own)
    return Call("SQS", said, f"sqs:{action}", "this queue", ERRORS, own=own)


def sort_entry(code: str, *, action: str, queue_url: str) -> CdcError:
    """Make the error that the code of one entry of a batch stands for."""
    return sort_answer(describe_call(action, queue_url), Answer(bare_code(code)))


def sort_own(call: Call, answer: Answer) -> CdcError | None:
    """Sort what any request to SQS or S3 can be answered."""
    # A queue's key that is out of reach says nothing of a message.
    if answer.code.upper().startswith(KEY_PREFIX):
        return SqsUnavailable(call.describe(answer))
    if answer.code in MISSING_QUEUE_CODES:
        return SqsConfigurationError(describe_missing(call, answer))
    return None


def sort_sending(call: Call, answer: Answer) -> CdcError | None:
    """Sort what is said of a message that is sent."""
    if answer.code in SIZE_CODES:
        return MessageTooLarge(call.describe(answer))
    if answer.code in CONTENTS_CODES:
        return MessageRefused(call.describe(answer))
    return sort_own(call, answer)


def sort_fetching(call: Call, answer: Answer) -> CdcError | None:
    """Sort what is said of an object that a pointer names."""
    own = sort_own(call, answer)
    if own is not None or answer.code in COMMON_CODES - {str(answer.status)}:
        return own
    if answer.code in UNREADABLE_CODES or answer.status in (400, 404):
        return ResultRefused(
            f"{call.describe(answer)}; what it points to is not there, or can't be read"
        )
    return None


#: What is sorted further of the answers to an action.
OWN = {"SendMessage": sort_sending, "GetObject": sort_fetching}
