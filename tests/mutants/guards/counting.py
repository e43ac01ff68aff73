"""Guards of TOTAL_PROCESSED: what SQS accepted is counted once."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import BACKFILL, HEARTBEAT, named

TRANSACTIONS = "integration/test_transactions"

MUTATIONS = (
    mutation(
        "sendings forgotten at the end",
        "sendings beside a locked row are counted at the end",
        "oracle_cdc.conversations.legs.CaptureLeg.finish",
        "self.heartbeat.row_lock.forget()",
        "pass",
        tests=named(
            TRANSACTIONS,
            "sendings_beside_a_locked_row_are_counted_at_the_end_or_said_to_be_missing",
        ),
    ),
    mutation(
        "sendings of a job forgotten at the end",
        "sendings of a historical job beside a locked row are counted at the end",
        f"{BACKFILL}.end",
        "count_rest(self.database, self.heartbeat)",
        "pass",
        tests=named(
            TRANSACTIONS,
            "sendings_of_a_historical_job_beside_a_locked_row_are_counted_at_the_end",
        ),
    ),
    mutation(
        "sendings of a replay forgotten at the end",
        "sendings of a replay that ends early beside a locked row are counted",
        "oracle_cdc.commands.conversations.failures.replay_all",
        "count_rest(parts.database, parts.heartbeat)",
        "pass",
        tests=named(
            TRANSACTIONS,
            "sendings_of_a_replay_that_ends_early_beside_a_locked_row_are_counted",
        ),
    ),
    mutation(
        "accepted counted twice",
        "a sending whose settlement is committed too late for its deadline is counted once",
        f"{HEARTBEAT}.Heartbeat.commit_with_heartbeat",
        "session.rollback()\n            accepted = change()",
        "session.rollback()",
        tests=named(
            TRANSACTIONS,
            "a_sending_whose_settlement_is_committed_too_late_for_its_deadline_is_counted_once",
        ),
    ),
    mutation(
        "what is counted later counted twice",
        "sendings that are counted later are counted once, though no answer comes",
        f"{HEARTBEAT}.Heartbeat.settle_doubt",
        "self.accepted -= self.doubt.accepted",
        "pass",
        tests=named(
            TRANSACTIONS,
            "sendings_that_are_counted_later_are_counted_once_though_no_answer_comes",
        ),
    ),
)
