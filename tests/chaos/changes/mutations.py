"""Row changes broken on purpose: guards of `make mutants`, and what only a whole round shows."""

from __future__ import annotations

from tests.chaos.rounds.game import CHANGES
from tests.chaos.rounds.mutations import Hunt
from tests.mutants.mutation import Mutation, mutation


def broken(name: str, rule: str, target: str, before: str, after: str) -> Mutation:
    """Make a mutation that rounds notice, not tests."""
    return mutation(name, rule, target, before, after, tests=())


OWN = (
    broken(
        "row changes: one checkpoint for all shards",
        "numbers of a shard say nothing of another's",
        "oracle_cdc.processor.reading.shard.ShardWork.settle",
        "verdict = self.means.processing.process(in_hand.lot, self.may_publish)",
        "reached = int(self.means.tally.sequence or 0)\n"
        "for item in in_hand.lot.items:\n"
        "    item.is_settled = item.is_settled or item.record.number <= reached\n"
        "verdict = self.means.processing.process(in_hand.lot, self.may_publish)",
    ),
    broken(
        "row changes: events without an id count as accepted",
        "what the bus did not accept is sent again",
        "oracle_cdc.aws.eventbridge.publisher.BusPublisher._sort_entry",
        "if code:\n"
        "    return PublishOutcome(error=self._sort_code(code))\n"
        'if not result.get("EventId"):\n'
        '    return PublishOutcome(error=self._unsaid("not said what became of an event"))',
        'result.setdefault("EventId", "none")',
    ),
    broken(
        "row changes: documents are not redacted",
        "what is personal in a document is replaced",
        "oracle_cdc.changes.rules.redacting.open_documents",
        "if not transformer.json_fields:",
        "if True:",
    ),
    broken(
        "row changes: free text is not marked",
        "what is personal in free text is marked",
        "oracle_cdc.changes.rules.redacting.Redactor.scan",
        "return self.mark(value, counts)",
        "return value",
    ),
    broken(
        "row changes: a dead letter as it was in Oracle",
        "what is to be redacted never leaves the process",
        "oracle_cdc.changes.outbound.building.Builder.prepare",
        "return Outgoing(unread, None, refusal, is_whole=False)",
        "return Outgoing(change, None, refusal)",
    ),
    broken(
        "row changes: a dead letter of the shipper dropped",
        "what can't be sent becomes a dead letter",
        "oracle_cdc.changes.outbound.dead_letter_writer.DeadLetterWriter.write",
        "queue.send(document, attributes)",
        "pass",
    ),
    broken(
        "row changes: a dead letter of the processor dropped",
        "what can't be published becomes a dead letter",
        "oracle_cdc.processor.publishing.dead_letter_writer.DeadLetterWriter.write",
        "self.send(queue, item, reason)",
        "pass",
    ),
    broken(
        "row changes: a value in a log line",
        "no value of a row stands in a log",
        "oracle_cdc.changes.rules.pairing.refuse",
        'f"change {row.change_id}: {row.oddity}"',
        'f"change {row.change_id}: {row.oddity} {row.image}"',
    ),
    broken(
        "row changes: an update that changes nothing published",
        "an update that changes nothing that is published is not wanted",
        "oracle_cdc.changes.rules.transforming.apply",
        "transformer.skip_unchanged",
        "False",
    ),
    broken(
        "row changes: a processor that redacts nothing",
        "what is personal in the stream is replaced before it is published",
        "oracle_cdc.processor.wiring.make_processing",
        "make_transformation(settings)",
        "make_transformation(settings, redacts=False)",
    ),
    broken(
        "row changes: a bus that is not looked for",
        "nothing is published before the bus was found",
        "oracle_cdc.processor.startup.Startup.ensure_bus",
        "describe_bus(self.edges.bus)",
        "pass",
    ),
    broken(
        "row changes: a time of each sending",
        "a repeat has the same bytes",
        "oracle_cdc.changes.rules.codec.as_detail",
        '"timestamp": change.timestamp,',
        '"timestamp": f"2026-01-01T00:00:00.{__import__(\'time\').time_ns()}Z",',
    ),
)
BY_NAME = {each.name: each for each in OWN}
#: Guard or mutation -> the kind of round that is known to find it.
FOUND_BY = {
    "shipping: a cursor instead of a queue": "late",
    "shipping: all up to the greatest number are deleted": "late",
    "shipping: failed records behind their successors": "stream",
    "shipping: two of a key on their way": "stream",
    "shipping: deleted before it was accepted": "stream",
    "streams: an entry that failed counts as stored": "stream",
    "shipping: half an update": "sound",
    "shipping: no lock": "copies",
    "processor: checkpoint before publishing": "bus",
    "processor: all records of a key at once": "bus",
    "processor: a dead letter that was not taken counts as settled": "letters",
    "streams: a child read with its parent": "reshard",
    "streams: sequence numbers compared as text": "digits",
    "publication: keys that are not redacted": "sound",
    "publication: a document that is none published as it is": "sound",
    "row changes: one checkpoint for all shards": "sound",
    "row changes: events without an id count as accepted": "bus",
    "row changes: documents are not redacted": "sound",
    "row changes: free text is not marked": "sound",
    "row changes: a dead letter as it was in Oracle": "letters",
    "row changes: a dead letter of the shipper dropped": "letters",
    "row changes: a dead letter of the processor dropped": "letters",
    "row changes: a value in a log line": "letters",
    "row changes: a time of each sending": "sound",
    "row changes: an update that changes nothing published": "sound",
    "row changes: a processor that redacts nothing": "raw",
    "row changes: a bus that is not looked for": "busless",
}
HUNTS = tuple(
    Hunt(name, kind, 1, game=CHANGES, own=BY_NAME.get(name)) for name, kind in FOUND_BY.items()
)
