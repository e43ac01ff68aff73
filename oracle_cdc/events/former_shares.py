"""PUBLISHER_SHARE changed: a share goes on where the former ones were, with what they set aside."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from oracle_cdc.events.edges import read_shape
from oracle_cdc.events.replay import by_time, moment, open_table
from oracle_cdc.events.wiring import Events
from oracle_cdc.mariadb.former_shares import read_former
from oracle_cdc.mariadb.names import name_discarded, name_key
from oracle_cdc.mariadb.set_aside import SetAsideTable
from oracle_cdc.oracle.row_sql import parse_share
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.cycle import Relay
from oracle_cdc.relay.former_shares import Former, adopt
from oracle_cdc.relay.seams import Source
from oracle_cdc.relay.values import SetAside, Slice


def find_former(events: Events) -> Former | None:
    """Return how far shares of another number had come, None where none ran after this one."""
    rules = events.settings.publisher
    share = parse_share(rules.share)
    return read_former(events.tracking.database, rules.program_name, share.number, share.of)


def follow(events: Events, relay: Relay, former: Former) -> bool:
    """Go on where others had come, and return False where a person stops it.

    Raises what Oracle or MariaDB raise, also HeldElsewhere.
    """
    rules = events.settings.publisher
    shape = read_shape(events.oracle, rules)
    whole = TableSource(events.oracle, shape, time_zone=rules.time_zone)
    table = open_table(events)
    discarded = SetAsideTable(table.database, name_discarded(table.program))

    def take_aside() -> None:
        for program in former.programs:
            take_over(table, SetAsideTable(table.database, program), relay.source)
            given_up = SetAsideTable(table.database, name_discarded(program))
            take_over(discarded, given_up, relay.source)

    return adopt(relay, whole, former, take_aside)


def take_over(table: SetAsideTable, former: SetAsideTable, source: Source) -> None:
    """Take over what stands under a former share, as far as this share has the rows now."""
    for time, rows in by_time(former.list()).items():
        if time is None:
            continue
        own = set(read_names(source, moment(time)))
        taken = [row for row in rows if name_key(row.key) in own]
        table.add([SetAside(row.key, time, row.reason, row.attempts) for row in taken])
        # What is in both for a while is published again twice at most, with one id.
        former.remove([row.key for row in taken])


def read_names(source: Source, stretch: Slice) -> Sequence[str]:
    """Return the keys of the rows of a stretch as they are set aside."""
    with source.read(stretch) as batches:
        return [name_key(row.key) for row in chain.from_iterable(batches)]
