"""Mutations that are run together, by their names."""

from __future__ import annotations

#: The mistakes that tools which compare a source with a lake are known for.
MONITOR_JUDGE = (
    "totals instead of partitions",
    "above a limit only",
    "nothing on both sides is well",
    "equal counts are enough",
    "XOR for SUM",
    "filter on one side",
    "multiplicity forgotten",
    "promise forgotten",
    "UNKNOWN as OK",
    "nothing judged is well",
    "holes are as what was before",
    "age for lag",
)
GROUPS = {"monitor-judge": MONITOR_JUDGE}
