"""Events broken on purpose: guards of `make mutants`, and what only a whole round can show."""

from __future__ import annotations

from tests.chaos.rounds.game import EVENTS
from tests.chaos.rounds.mutations import Hunt
from tests.mutants.mutation import Mutation, mutation

RELAY = "oracle_cdc.relay"


def broken(name: str, rule: str, target: str, before: str, after: str) -> Mutation:
    """Make a mutation that rounds notice, not tests."""
    return mutation(name, rule, target, before, after, tests=())


OWN = (
    broken(
        "events: the begin of a stretch left out",
        "a stretch has its begin",
        "oracle_cdc.oracle.row_sql.RowSql.within",
        "{time} >= :b",
        "{time} > :b",
    ),
    broken(
        "events: progress saved before publishing",
        "only what was accepted counts as handled",
        f"{RELAY}.cycle.Relay.stream_batches",
        "self.send_new(rows)",
        "self.position.advance(rows[-1].time)\nself.position.save()\nself.send_new(rows)",
    ),
    broken(
        "events: a late row counted before publishing",
        "only what was accepted counts as handled",
        f"{RELAY}.late.LateRows.recount",
        "if count > handled:",
        "if count > handled:\n    self.handled.correct(slice, count)\n    self.position.save()",
    ),
    broken(
        "events: a trace_id of each sending",
        "a repeat has the same bytes",
        "oracle_cdc.events.rules.encoding.Encoder.body",
        "trace_id(self.namespace, row.key)",
        'str(__import__("uuid").uuid4())',
    ),
    broken(
        "events: no answer taken for one",
        "what was not answered is sent again",
        f"{RELAY}.delivery.Delivery.send",
        "if outcome.receipt is not None:",
        "if outcome.receipt is not None or outcome.is_unknown:",
    ),
    broken(
        "events: set aside and not written",
        "what can't be sent stands in ETL_SET_ASIDE",
        "oracle_cdc.mariadb.tracking.MariaDbTracking.set_aside",
        "SetAsideTable(self.database, self.program).add(items)",
        "pass",
    ),
    broken(
        "events: a share of everything",
        "a copy reads its share alone",
        "oracle_cdc.oracle.row_sql.RowSql.shared",
        "if self.share.of == 1:",
        "if True:",
    ),
    broken(
        "events: contents in a reason",
        "nothing private stands in a reason",
        f"{RELAY}.delivery.put_aside",
        "str(error)",
        'f"{error} {row.values}"',
    ),
    broken(
        "events: values as they are in subjects",
        "a value is one token of a subject",
        "oracle_cdc.events.rules.subjects.token",
        'UNSAFE.sub("_", str(value)[:MAX_TOKEN_LENGTH])',
        "str(value)[:MAX_TOKEN_LENGTH]",
    ),
)
BY_NAME = {each.name: each for each in OWN}
#: Guard or mutation -> the kind of round that is known to find it.
FOUND_BY = {
    "relay: the watermark before the answer": "full",
    "events: the begin of a stretch left out": "ties",
    "relay: no settling": "sound",
    "events: progress saved before publishing": "full",
    "events: a late row counted before publishing": "behind",
    "the watermark keeps its fraction in a column without one": "sound",
    "events: a trace_id of each sending": "sound",
    "MariaDB counts changed rows": "sound",
    "NATS: no id": "kills",
    "events: no answer taken for one": "stream",
    "two copies work": "standby",
    "the lock is not taken anew": "stolen",
    "what a person wrote is not compared": "moved",
    "a pause is overwritten": "paused",
    "relay: late rows left": "sound",
    "relay: a sweep that sends nothing": "late",
    "relay: a clock set back unnoticed": "clock",
    "events: set aside and not written": "large",
    "NATS: headers not counted": "large",
    "events: a share of everything": "shares",
    "events: contents in a reason": "large",
    "events: values as they are in subjects": "sound",
}
HUNTS = tuple(
    Hunt(name, kind, 1, game=EVENTS, own=BY_NAME.get(name)) for name, kind in FOUND_BY.items()
)
