"""Oracle's count and checksum of a partition against the lake's: how many rows differ."""

from __future__ import annotations

from sync_monitor.measurements import Differences, Sides
from sync_monitor.model import Bound, Deletes


def differences_by_counts(sides: Sides) -> Differences:
    """Return what counts and checksums alone say.

    With no row on one side, or equal counts and checksums, that is exact. Else as many rows are
    missing or too many at least, because one may hide another.
    """
    missing = max(0, sides.oracle_rows - sides.lake_rows)
    extra = max(0, sides.lake_rows - sides.oracle_rows)
    if not sides.oracle_rows or not sides.lake_rows:
        return Differences(missing, extra)
    if not sides.have_sums:
        return Differences(missing, extra, bound=Bound.AT_LEAST)
    if sides.oracle_sum == sides.lake_sum and not missing and not extra:
        return Differences(0, 0, changed=0, doubled=0, compared=sides.oracle_rows)
    return Differences(missing, extra, bound=Bound.AT_LEAST, has_other_sum=True)


def faulty_extra(found: Differences, deletes: Deletes) -> int:
    """Return the rows too many that are a fault.

    Where the lake keeps what Oracle deletes, those are further copies alone.
    """
    if deletes is Deletes.PROPAGATE:
        return found.extra
    return found.doubled or 0
