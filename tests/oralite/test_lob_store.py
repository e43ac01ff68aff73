"""The LOBs that one session has in hand, by their locators."""

from __future__ import annotations

import pytest

from oralite.conversation.lobs import Lobs
from oralite.errors import OraError
from oralite.protocol.wire import Reader


def locator_of(encoded: bytes) -> bytes:
    """Return the locator in what a row carries of a LOB."""
    reader = Reader([encoded].pop)
    reader.skip("uuu")
    return reader.clr() or b""


def test_a_lob_is_found_until_it_is_freed_and_never_afterwards() -> None:
    lobs = Lobs()
    first, second = locator_of(lobs.encode("first")), locator_of(lobs.encode("second"))
    assert lobs.find(first).value == "first"
    lobs.free(first)
    with pytest.raises(OraError, match="ORA-22275"):
        lobs.find(first)
    assert lobs.find(second).value == "second"
