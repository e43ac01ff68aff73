"""The service broken on purpose, by replacing text that must be there exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """One way to break it. kind, seed: the rounds that are known to catch it. edits: file -> (text, broken text)."""

    name: str
    kind: str
    seed: int
    edits: tuple[tuple[str, str, str], ...]

    def apply(self, tree: Path) -> None:
        """Raises ValueError when a text is not there exactly once: then the mutation must follow the code."""
        for name, text, broken in self.edits:
            path = tree / name
            source = path.read_text(encoding="utf-8")
            if source.count(text) != 1:
                raise ValueError(
                    f"{self.name}: {name} holds its text {source.count(text)} times, not once: {text!r}"
                )
            path.write_text(source.replace(text, broken), encoding="utf-8")


SEARCH = "oracle_cdc/conversations/tables/search.sql"
LEDGER = "oracle_cdc/conversations/tables/ledger.sql"
SUMMARIES = "oracle_cdc/conversations/tables/summaries.sql"
#: What the writes of a claim's owner end with.
GUARD = "AND LEASE_TOKEN = :token\nAND STATE = 'LEASED'"
NO_GUARD = "AND NVL(LEASE_TOKEN, :token) IS NOT NULL"

EVIDENCE = "oracle_cdc/running/evidence.py"
#: Where it is decided whose failure it was.
IS_OWN = "outcome.own if is_own"

MUTATIONS = (
    Mutation(
        "mark before send",
        kind="kills",
        seed=1,
        edits=(
            (
                LEDGER,
                "UPDATE CDC_PROCESSED_CALLS\nSET REVISION = :revision /*number*/,\n",
                "UPDATE CDC_PROCESSED_CALLS\nSET STATE = 'SENT', SENT_REVISION = :revision,\n"
                "  REVISION = :revision /*number*/,\n",
            ),
        ),
    ),
    Mutation(
        "delete before commit",
        kind="answers",
        seed=1,
        edits=(
            (
                "oracle_cdc/conversations/inbound/results.py",
                "recorded = self.recorder.write_answers(answers, received_at, hidden.keep)",
                "self.inbound.delete(messages)\n"
                "        recorded = self.recorder.write_answers(answers, received_at, hidden.keep)",
            ),
        ),
    ),
    Mutation(
        "limit before anti-join",
        kind="crowded",
        seed=1,
        edits=(
            (
                SEARCH,
                "      SELECT CALL_ID, 0 AS IS_DUE, MIN(TEXT_TIME) AS OLDEST_TIME\n      FROM {source}\n"
                "      WHERE TEXT_TIME >= :window_start /*timestamp*/\n      AND TEXT_TIME < :window_end /*timestamp*/\n"
                "      GROUP BY CALL_ID\n    ) n",
                "      SELECT CALL_ID, 0 AS IS_DUE, OLDEST_TIME FROM (\n"
                "        SELECT CALL_ID, MIN(TEXT_TIME) AS OLDEST_TIME\n        FROM {source}\n"
                "        WHERE TEXT_TIME >= :window_start /*timestamp*/\n"
                "        AND TEXT_TIME < :window_end /*timestamp*/\n"
                "        GROUP BY CALL_ID ORDER BY MIN(TEXT_TIME)\n"
                "        FETCH FIRST :call_limit ROWS ONLY\n      ) x\n    ) n",
            ),
        ),
    ),
    Mutation(
        "fraction of a second lost",
        kind="kills",
        seed=1,
        edits=(
            (
                "oracle_cdc/oracle/queries.py",
                '"timestamp": oracledb.DB_TYPE_TIMESTAMP',
                '"timestamp": oracledb.DB_TYPE_DATE',
            ),
        ),
    ),
    Mutation(
        "an expired lease written over",
        kind="frozen",
        seed=1,
        edits=(
            (LEDGER, f"{GUARD}\n\n-- settle_sent --\n", f"{NO_GUARD}\n\n-- settle_sent --\n"),
            (LEDGER, f"{GUARD}\n\n-- settle_unsent --\n", f"{NO_GUARD}\n\n-- settle_unsent --\n"),
        ),
    ),
    Mutation(
        "bare SYSTIMESTAMP in a session of another zone",
        kind="talking",
        seed=1,
        edits=(
            (
                "oracle_cdc/conversations/statements.py",
                'DATABASE_NOW = "CAST(SYSTIMESTAMP AS TIMESTAMP)"',
                'DATABASE_NOW = "SYSTIMESTAMP"',
            ),
        ),
    ),
    Mutation(
        "a result of an older revision winning",
        kind="answers",
        seed=1,
        edits=(
            (
                SUMMARIES,
                "  REVISION IS NULL\n  OR REVISION < :revision\n",
                "  REVISION IS NULL\n  OR REVISION <> :revision\n",
            ),
        ),
    ),
    Mutation(
        "an error of the database taken for one of its rows",
        kind="faulty",
        seed=1,
        edits=((EVIDENCE, IS_OWN, f"{IS_OWN} or True"),),
    ),
    Mutation(
        "a call that fails by itself waits for the database",
        kind="unreadable",
        seed=1,
        edits=((EVIDENCE, IS_OWN, f"{IS_OWN} and False"),),
    ),
    Mutation(
        "what failed together before its lease ended is not sent apart",
        kind="poisoned",
        seed=3,
        edits=(
            (
                "oracle_cdc/aws/sqs/attempts.py",
                "if left:\n            self._evidence.failed_together(left)",
                "if not left:\n            self._evidence.failed_together(left)",
            ),
        ),
    ),
    Mutation(
        "a notification's answer left in its envelope",
        kind="wrapped",
        seed=1,
        edits=(
            (
                "oracle_cdc/conversations/rules/envelopes.py",
                'body.get("Type") == "Notification" and isinstance(message, str)',
                'body.get("Type") == "Notification" and isinstance(message, bytes)',
            ),
        ),
    ),
)
