"""The service broken so that its pipelines hinder each other, which only joined rounds show."""

from __future__ import annotations

from tests.chaos.rounds.game import JOINED
from tests.chaos.rounds.mutations import Hunt
from tests.mutants.mutation import Edit, Mutation

#: What all threads of the process find.
SHARED = "threading.main_thread().__dict__.setdefault"


def broken(name: str, rule: str, *edits: Edit) -> Mutation:
    """Make a mutation that rounds notice, not tests."""
    return Mutation(name, rule, edits, tests=())


OWN = (
    broken(
        "all: a loop that fails keeps all others waiting",
        "what fails for one pipeline fails for it alone",
        Edit(
            "oracle_cdc.running.service.Loop.run",
            "self.pause(self.run_once())",
            f'failing = {SHARED}("failing", set())\n'
            "if failing - {self.leg.name}:\n"
            "    self.progress.rest(0.05, self.stop)\n"
            "    continue\n"
            "succeeded = self.run_once()\n"
            "(failing.discard if succeeded else failing.add)(self.leg.name)\n"
            "self.pause(succeeded)",
        ),
    ),
    broken(
        "all: readiness knows the first pipeline alone",
        "one that is not ready says so for all",
        Edit(
            "oracle_cdc.watching.joint_readiness.JointReadiness.dependencies",
            "for part in self.parts:",
            "for part in self.parts[:1]:",
        ),
    ),
    broken(
        "all: what failed once is never ready again",
        "a copy is ready when what failed is well again",
        Edit(
            "oracle_cdc.running.progress.Progress.stepped",
            "moments.succeeded_at, moments.error = now, None",
            "moments.succeeded_at = moments.succeeded_at if moments.error else now",
        ),
    ),
    broken(
        "all: dead letters among the conversations",
        "each pipeline's messages go where its own belong",
        Edit(
            "oracle_cdc.aws.sqs.dead_letters.DeadLetterQueue.__init__",
            "self.url = url",
            'self.url = url.replace("cdc-dlq", "outbound")',
        ),
    ),
)
BY_NAME = {each.name: each for each in OWN}
#: Guard or mutation -> kind and seed of the round that is known to find it.
FOUND_BY = {
    "all: a loop that fails keeps all others waiting": ("apart", 1),
    "all: readiness knows the first pipeline alone": ("apart", 1),
    "all: what failed once is never ready again": ("apart", 1),
    "processor: the bus blamed for the stream": ("apart", 1),
    "all: dead letters among the conversations": ("poison", 1),
}
HUNTS = tuple(
    Hunt(name, kind, seed, game=JOINED, own=BY_NAME.get(name))
    for name, (kind, seed) in FOUND_BY.items()
)
