"""What SQS refuses of a message, and of the numbers of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from awslite.refusals import Document, Refused

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
# and SendMessage of botocore's service model.

MOST_ATTRIBUTES = 10
ATTRIBUTE_NAME = re.compile(r"(?!AWS\.|Amazon\.)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", re.IGNORECASE)
LONGEST_ATTRIBUTE_NAME = 256
#: Letters, digits and punctuation of ASCII.
FIFO_ID = re.compile(r"[!-~]{1,128}")
REFUSED_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: The numbers of a request, and from which to which they may be.
BOUNDS = {
    "MaxNumberOfMessages": (1, 10),
    "VisibilityTimeout": (0, 43_200),
    "WaitTimeSeconds": (0, 20),
}


def size_of(entry: Mapping[str, Any]) -> int:
    """Return the bytes that a message counts: its body, and its attributes with their types."""
    size = len(str(entry.get("MessageBody", "")).encode())
    for name, value in entry.get("MessageAttributes", {}).items():
        for text in (name, value.get("DataType", ""), value.get("StringValue", "")):
            size += len(text.encode())
    return size


def check_message(entry: Mapping[str, Any], most_bytes: int) -> None:
    """Raise Refused for a message that no queue takes, or that is too large for this one."""
    body = str(entry["MessageBody"])
    if not body or size_of(entry) > most_bytes:
        raise invalid(f"Message must be shorter than {most_bytes} bytes.")
    if REFUSED_CHARACTER.search(body):
        raise Refused("InvalidMessageContents", "Invalid characters found.")
    attributes = entry.get("MessageAttributes", {})
    if len(attributes) > MOST_ATTRIBUTES:
        raise invalid(f"Number of message attributes exceeds the allowed maximum {MOST_ATTRIBUTES}")
    for name, value in attributes.items():
        check_attribute(name, value)
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        if entry.get(name) and not FIFO_ID.fullmatch(entry[name]):
            raise invalid(f"{name} can only include alphanumeric and punctuation characters.")


def check_attribute(name: str, value: Mapping[str, Any]) -> None:
    """Raise Refused for an attribute with a bad name or without a value."""
    if not ATTRIBUTE_NAME.fullmatch(name) or len(name) > LONGEST_ATTRIBUTE_NAME:
        raise invalid("Invalid message attribute name.")
    text = value.get("StringValue", value.get("BinaryValue"))
    if not value.get("DataType") or not text:
        raise invalid(f"Message attribute '{name}' must contain a non-empty value.")
    if REFUSED_CHARACTER.search(str(text)):
        raise invalid(f"Message attribute '{name}' has invalid characters.")


def check_hidden(seconds: float) -> None:
    """Raise Refused for a message that would be hidden for too long since it was received."""
    most = BOUNDS["VisibilityTimeout"][1]
    if seconds > most:
        raise invalid(f"Total VisibilityTimeout for the message is beyond the limit [{most} s]")


def check_numbers(document: Document) -> None:
    """Raise Refused for a number of a request that is not within its bounds."""
    for name, (least, most) in BOUNDS.items():
        if not least <= float(document.get(name, least)) <= most:
            raise invalid(f"Value {document[name]} for parameter {name} is invalid.")


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterValue", message)
