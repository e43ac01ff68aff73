"""Records to a stream: one request, and what became of each of its records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from oracle_cdc.aws.error_codes import bare_code
from oracle_cdc.aws.kinesis.limits import MAX_RECORDS, MAX_REQUEST_BYTES, StreamRecord
from oracle_cdc.aws.translation import Answer, sort_answer
from oracle_cdc.errors import CdcError, DestinationUnavailable, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import (
        PutRecordsOutputTypeDef,
        PutRecordsRequestEntryTypeDef,
        PutRecordsResultEntryTypeDef,
    )

    from oracle_cdc.aws.kinesis.client import StreamClient

ACTION = "PutRecords"


class PutOutcome(NamedTuple):
    """What became of one record.

    sequence_number: that Kinesis gave it. None: it was not taken, as far as is known.
    is_unknown: it may have been stored, though nothing says so.
    is_of_request: the error is that of the request, so that the next one would fail too.
    """

    sequence_number: str | None = None
    shard_id: str | None = None
    error: CdcError | None = None
    is_unknown: bool = False
    is_of_request: bool = False

    @property
    def is_stored(self) -> bool:
        """Return whether the stream has the record for certain."""
        return self.error is None


class StreamWriter:
    """Writes records into one stream, one request at a time and each request once.

    A record that is sent again comes behind those that were stored meanwhile, so that whoever
    calls keeps one record of a key in flight, and says when it is tried again.
    """

    def __init__(self, client: StreamClient) -> None:
        self._client = client
        #: How many requests were answered. Only whether it moves matters, so threads need no lock.
        self.answers = 0

    def send(self, records: Sequence[StreamRecord]) -> list[PutOutcome]:
        """Send records in one request and return an outcome for each, in their order.

        An outcome's error is DestinationUnavailable where waiting helps, else
        DestinationConfigurationError or DestinationCredentialsError.

        Parameters:
            records: each of another key, 1 to 500, of 5 MiB at most. Raises ValueError for more.
        """
        check_request(records)
        entries: list[PutRecordsRequestEntryTypeDef] = []
        for record in records:
            entries.append({"PartitionKey": record.partition_key, "Data": record.data})
        try:
            with self._client.calling(ACTION) as kinesis:
                answer = kinesis.put_records(StreamName=self._client.place, Records=entries)
        except CdcError as error:
            is_unknown = isinstance(error, Unavailable)
            outcome = PutOutcome(error=error, is_unknown=is_unknown, is_of_request=True)
            return [outcome] * len(records)
        self.answers += 1
        return self._sort(answer, len(records))

    def _sort(self, answer: PutRecordsOutputTypeDef, count: int) -> list[PutOutcome]:
        results = answer.get("Records", [])
        if len(results) != count:
            # It is not known which of them is whose.
            said = f"{ACTION} at Kinesis {self._client.place}: {len(results)} results of {count}"
            error = DestinationUnavailable(said)
            return [PutOutcome(error=error, is_unknown=True, is_of_request=True)] * count
        return [self._sort_entry(result) for result in results]

    def _sort_entry(self, result: PutRecordsResultEntryTypeDef) -> PutOutcome:
        code = result.get("ErrorCode")
        if code:
            call = self._client.describe(ACTION)
            return PutOutcome(error=sort_answer(call, Answer(bare_code(code))))
        if not result.get("SequenceNumber"):
            said = f"{ACTION} at Kinesis {self._client.place}: not said what became of a record"
            return PutOutcome(error=DestinationUnavailable(said), is_unknown=True)
        return PutOutcome(result["SequenceNumber"], result.get("ShardId"))


def check_request(records: Sequence[StreamRecord]) -> None:
    """Raise ValueError for records that are too many or too large for one request."""
    size_bytes = sum(record.size_bytes for record in records)
    # A single record that is too large is for Kinesis to answer.
    is_too_large = size_bytes > MAX_REQUEST_BYTES and len(records) > 1
    if not records or len(records) > MAX_RECORDS or is_too_large:
        raise ValueError(
            f"{len(records)} records of {size_bytes} bytes in one request: 1 to {MAX_RECORDS} "
            f"of at most {MAX_REQUEST_BYTES} are allowed"
        )
