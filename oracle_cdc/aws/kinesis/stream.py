"""What a stream says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle_cdc.aws.kinesis.limits import USUAL_RECORD_BYTES
from oracle_cdc.errors import DestinationConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import StreamDescriptionSummaryTypeDef

    from oracle_cdc.aws.kinesis.client import StreamClient

# Of botocore's service model of Kinesis.

#: The states in which a stream takes and gives records.
USABLE = frozenset({"ACTIVE", "UPDATING"})
#: The strategy by which Kinesis ignores partition keys, so that no order is left.
AUTO = "AUTO"


class StreamUnordered(DestinationConfigurationError):
    """A stream distributes its records so that those of one key have no order."""


@dataclass(frozen=True)
class StreamFacts:
    """A stream as it describes itself.

    is_active: it takes and gives records, also while it is resharded.
    mode: PROVISIONED or ON_DEMAND.
    distribution_is_by_key: the records of one key go to one shard. Else they have no order.
    max_record_bytes: of data and partition key together.
    """

    name: str
    arn: str
    is_active: bool
    retention_hours: int
    mode: str
    distribution_is_by_key: bool
    open_shards: int
    max_record_bytes: int
    is_encrypted: bool


def read_facts(client: StreamClient) -> StreamFacts:
    """Ask a stream for what it is.

    Raises DestinationMissing where there is none, DestinationUnavailable,
    DestinationConfigurationError and DestinationCredentialsError.
    """
    with client.calling("DescribeStreamSummary") as kinesis:
        answer = kinesis.describe_stream_summary(StreamName=client.place)
        return make_facts(answer["StreamDescriptionSummary"])


def require_order_of_keys(facts: StreamFacts) -> None:
    """Require that a stream keeps the order of each key. Raises StreamUnordered."""
    if not facts.distribution_is_by_key:
        raise StreamUnordered(
            f"stream {facts.name} has the record distribution strategy AUTO, which ignores "
            "partition keys, so that the changes of a row have no order; allowed: one that "
            "distributes by partition keys"
        )


def make_facts(said: StreamDescriptionSummaryTypeDef) -> StreamFacts:
    """Return the facts of a stream as they stand in an answer."""
    max_record_bytes = USUAL_RECORD_BYTES
    if "MaxRecordSizeInKiB" in said:
        max_record_bytes = said["MaxRecordSizeInKiB"] * 1024
    return StreamFacts(
        name=said["StreamName"],
        arn=said["StreamARN"],
        is_active=said["StreamStatus"] in USABLE,
        retention_hours=said["RetentionPeriodHours"],
        mode=said.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED"),
        distribution_is_by_key=said.get("RecordDistributionStrategy") != AUTO,
        open_shards=said["OpenShardCount"],
        max_record_bytes=max_record_bytes,
        is_encrypted=said.get("EncryptionType", "NONE") != "NONE",
    )
