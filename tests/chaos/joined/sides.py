"""The three sides of a round of all pipelines, on one set of servers."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from awslite.treatment import Request
from standins.oracle import PASSWORD, USER
from standins.queueserver import serve_queues
from standins.queuetreatment import Treatment
from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.changes.ledger import Ledger, WitnessedQueues
from tests.chaos.changes.plan import DEAD_LETTERS
from tests.chaos.changes.side import Changes
from tests.chaos.events.side import Events
from tests.chaos.harness.machine import Machine
from tests.chaos.joined.plan import JoinedPlan
from tests.chaos.rounds.side import Conversations

#: What is set otherwise than in rounds of one pipeline, whose servers and process have less to do.
OWN_SETTINGS = {
    "ORACLE_USER": USER,
    "ORACLE_PASSWORD": PASSWORD,
    "ORACLE_CALL_TIMEOUT_SECONDS": "4",
    "ORACLE_POOL_WAIT_SECONDS": "5",
    "CDC_READY_DEADLINE_SECONDS": "3",
}


class Sides(NamedTuple):
    """The sides of all pipelines."""

    conversations: Conversations
    events: Events
    changes: Changes


def make_sides(
    plan: JoinedPlan, machine: Machine[ChangeCopies], template: Path, stack: ExitStack
) -> Sides:
    """Make the servers of all pipelines, and who writes to and looks at them."""
    queues = WitnessedQueues(Ledger())
    stack.enter_context(serve_queues(queues))
    sides = Sides(
        Conversations(plan.conversations, machine, queues, stack),
        Events(plan.events, machine, template, stack),
        Changes(plan.changes, machine, template, queues, stack),
    )

    def treat(request: Request) -> Treatment:
        if queue_of(request) == DEAD_LETTERS:
            return sides.changes.site.skies.treat_queue(request)
        return sides.conversations.interference.treat(request)

    queues.treat = treat
    return sides


def queue_of(request: Request) -> str:
    """Return the name of the queue that a request is about."""
    return str(request.document.get("QueueUrl", "")).rpartition("/")[2]
