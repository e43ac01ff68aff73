"""The way to a stream of Kinesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from oracle_cdc.aws.client import Service, ServiceClient
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.translation import DESTINATION, Answer, Call
from oracle_cdc.errors import CdcError, DestinationConfigurationError, DestinationUnavailable
from oracle_cdc.running.dependencies import Calling, unwatched

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

    StreamClient: TypeAlias = ServiceClient[KinesisClient]

#: What Kinesis says of an iterator that it does not give, beside this code.
REFUSED = "InvalidArgumentException"
OF_THE_FUTURE, OF_ANOTHER_STREAM = "currentTimestampInMillis", "did not come from this stream"


class StreamReplaced(DestinationConfigurationError):
    """A stream is not the one that was read before: it was deleted and made anew."""


def sort_own(call: Call, answer: Answer) -> CdcError | None:
    """Sort what Kinesis says of where reading is to begin."""
    if answer.code != REFUSED:
        return None
    if OF_THE_FUTURE in answer.message:
        return DestinationUnavailable(
            f"{call.describe(answer)}; by the clock of Kinesis the moment from which on records "
            "are wanted is still to come"
        )
    if OF_ANOTHER_STREAM in answer.message:
        return StreamReplaced(
            f"{call.describe(answer)}; the record up to which it was read is none of this stream, "
            "which was deleted and made anew: see checkpoint reset --to trim-horizon"
        )
    return None


KINESIS = Service(
    name="kinesis",
    title="Kinesis",
    place="this stream",
    setting="KINESIS_STREAM_NAME",
    errors=DESTINATION,
    own=sort_own,
)


def open_stream(session: AwsSession, name: str, *, calling: Calling = unwatched) -> StreamClient:
    """Return the client of a stream, by its name. Nothing is asked yet."""
    return ServiceClient(session, KINESIS, name, calling=calling)
