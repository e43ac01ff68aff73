"""What was sent again: with the same bytes, and for a reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from tests.chaos.changes.judge.case import Case, Seen
from tests.chaos.judge.history import TOLERANCE_SECONDS

#: What makes who ships, and who publishes, do it again.
SHIPPED_AGAIN = ("kill", "freeze", "oracle", "lost PutRecords")
PUBLISHED_AGAIN = (
    "kill",
    "freeze",
    "lost PutEvents",
    "denied PutEvents",
    "lost UpdateItem",
    "lost PutItem",
    "dynamodb",
    "lease",
    "person",
)
BURIED_AGAIN = (*SHIPPED_AGAIN, *PUBLISHED_AGAIN, "lost SendMessage")
#: What a change has more that was written before its table had the column.
NOT_THERE_YET = b',"extra":null'
#: Of the two changes of a change of keys one may have been taken before a request failed.
HALVES = ("-D", "-I")


def check_alike(case: Case) -> Iterator[str]:
    """Find changes that were sent with different bytes."""
    contents: dict[tuple[str, bool], set[bytes]] = defaultdict(set)
    for record, seen in case.records:
        if seen is not None:
            place = (seen.id, case.history.rules.is_raw)
            contents[place].add(record.bytes.replace(NOT_THERE_YET, b""))
    for event, seen in case.events:
        if seen is not None:
            contents[seen.id, False].add(event.detail.encode().replace(NOT_THERE_YET, b""))
    for (id, _), found in contents.items():
        if len(found) > 1:
            yield f"{id} was sent with {len(found)} different contents"


def check_repeats_in_stream(case: Case) -> Iterator[str]:
    """Find records that were sent again although nothing had gone wrong."""
    seen = case.in_stream
    if not case.history.rules.is_sound:
        seen = [each for each in seen if not each.id.endswith(HALVES)]
    yield from find_unexplained(case, seen, SHIPPED_AGAIN, {})


def check_repeats_on_bus(case: Case) -> Iterator[str]:
    """Find events that were published more often than their records came, without a reason."""
    allowed = Counter(seen.id for seen in case.in_stream)
    yield from find_unexplained(case, case.on_bus, PUBLISHED_AGAIN, allowed)


def check_repeats_of_letters(case: Case) -> Iterator[str]:
    """Find dead letters that were written more often than needed, without a reason."""
    allowed = Counter(seen.id for seen in case.in_stream)
    yield from find_unexplained(case, case.dead, BURIED_AGAIN, allowed)


def find_unexplained(
    case: Case,
    taken: Sequence[Seen],
    reasons: Sequence[str],
    allowed: Mapping[str, int],
) -> Iterator[str]:
    """Yield that things were sent again that nothing explains.

    Parameters:
        allowed: how often each may be sent, once where it does not say so.
    """
    sendings: dict[str, list[Seen]] = defaultdict(list)
    for seen in sorted(taken, key=lambda seen: seen.number):
        sendings[seen.id].append(seen)
    found = []
    for id, each in sendings.items():
        unexplained = []
        for before, after in pairwise(each):
            if not is_explained(case, before, after, reasons):
                unexplained.append(f"{id} was sent again {after.at - before.at:.2f} s later")
        found += unexplained[allowed.get(id, 1) - 1 :]
    if found:
        yield f"{len(found)} repeats that nothing explains, such as: {found[0]}"


def is_explained(case: Case, before: Seen, after: Seen, reasons: Sequence[str]) -> bool:
    """Return whether something of these kinds went wrong between two sendings, or just before."""
    reach = case.history.rules.ack_seconds
    for trouble in case.history.troubles:
        if not trouble.kind.startswith(tuple(reasons)):
            continue
        if trouble.begin <= after.at + TOLERANCE_SECONDS and before.at <= trouble.end + reach:
            return True
    return False
