"""Guards of the way from a claimed call to SQS."""

from __future__ import annotations

from tests.mutants.mutation import mutation

DELIVERY = "oracle_cdc.conversations.outbound.delivery.Delivery"

MUTATIONS = (
    mutation(
        "lease not looked at before a request",
        "a request is made only while the lease outlives its deadline",
        f"{DELIVERY}.may_send",
        "hold.remaining_seconds() > self.limits.request_seconds",
        "True",
        tests="tests/integration/test_deadline.py",
    ),
)
