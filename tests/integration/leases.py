"""Leases in a table of a test's own, at a DynamoDB that loses answers by order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.aws.dynamodb.checkpoints import Checkpoints
from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, open_table
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.leases import Leases
from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, create_table
from tests.awsplaces import make_name, make_session


@dataclass(frozen=True)
class LeaseWorld:
    """One table, at `cloud` unless it is moto's."""

    rows: LeaseRows
    cloud: Cloud | None = None

    def copy(self, owner: str) -> tuple[Leases, Checkpoints]:
        """Return what a copy of the service writes by."""
        return Leases(self.rows, owner=owner), Checkpoints(self.rows, owner=owner)

    def kept(self, shard_id: str = "shard-0") -> Lease:
        """Return a lease as it stands."""
        lease = self.rows.find(shard_id)
        assert lease
        return lease

    def lose_answer(self, action: str = "UpdateItem") -> None:
        """Have the next request of an action carried out, and its answer lost."""
        assert self.cloud
        self.cloud.faults.order(Fault(action=action, times=1, treatment=Treatment(cut_after=True)))


@contextmanager
def lease_world(endpoint: str, cloud: Cloud | None = None) -> Iterator[LeaseWorld]:
    """Make an empty table at an endpoint."""
    session = make_session(endpoint)
    client = open_table(session, CHECKPOINTS, make_name("checkpoints"))
    create_table(client, CHECKPOINT_KEYS)
    yield LeaseWorld(LeaseRows(client, processor="cdc-processor", stream="cdc"), cloud)
    session.close()
