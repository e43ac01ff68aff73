"""Names of syncs and streams: each has a page of its own, or is refused with what is allowed."""

from __future__ import annotations

import pytest

from oracle_cdc.settings.monitor_streams import wrong_streams
from oracle_cdc.settings.monitor_syncs import wrong_syncs


@pytest.mark.parametrize(
    "name",
    [
        "orders",
        "SALES.ORDERS",
        "data/orders",
        ".hidden",
        "a b",
        "שיחות נכנסות",
        "50 %?#&",
        "😀",
        "cells",
        "cells/of",
        "a.../b",
        "x" * 120,
    ],
)
def test_a_name_that_an_address_can_have_is_taken(name: str) -> None:
    assert not list(wrong_syncs({name: {"source": "SALES.ORDERS"}}))
    assert not list(wrong_streams({name: {"kind": "changes"}}, {}))


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " a",
        "a ",
        "x" * 121,
        "a\nb",
        "a\x7f",
        "\u200f",
        "\u2028",
        "\x1b[2J",
        "a\x85b",
        "\ud800",
    ],
)
def test_a_name_that_can_not_be_shown_is_refused(name: str) -> None:
    (found,) = wrong_syncs({name: {"source": "SALES.ORDERS"}})
    assert found.startswith(f"MONITOR_SYNCS {name[:60]!r}: allowed: a name of 1 to 120 signs that")


@pytest.mark.parametrize("target", ["s3://bucket/orders", "hdfs://host:8020/lake", "file:///lake"])
def test_an_address_is_no_directory_of_the_lake(target: str) -> None:
    (found,) = wrong_syncs({"a": {"source": "A.B", "target": target}})
    assert found == (
        "MONITOR_SYNCS 'a': target: allowed: a directory of this machine or a table of Hive or "
        "Trino, and no URL"
    )


@pytest.mark.parametrize(
    "name", ["/data/orders", "orders/", "a//b", ".", "..", "a/../b", "./a", "a/cells", "a/b/check"]
)
def test_a_name_that_an_address_can_not_have_is_refused(name: str) -> None:
    (found,) = wrong_syncs({name: {"source": "SALES.ORDERS"}})
    assert found.startswith(
        f"MONITOR_SYNCS {name!r}: allowed: a name that an address can have: without /"
    )
    (found,) = wrong_streams({name: {"kind": "changes"}}, {})
    assert found.startswith(f"MONITOR_STREAMS {name!r}: allowed: a name that an address can have")
