"""Guards of what AWS refuses and no emulator does."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

BLAME = "processor/test_blame"
SMALLER = "what_a_region_takes_only_in_smaller_requests_is_published"

MUTATIONS = (
    mutation(
        "refusals: a request too large for its region",
        "what a region takes only in smaller requests is sent in halves",
        "oracle_cdc.aws.eventbridge.client.sort_own",
        "if is_size or answer.status == SIZE_STATUS:",
        "if answer.status == SIZE_STATUS:",
        tests=named(BLAME, SMALLER),
    ),
)
