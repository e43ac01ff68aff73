"""Parts of a body, read as the file that S3 is given."""

from __future__ import annotations

from io import SEEK_END

import pytest
from botocore.utils import determine_content_length
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.aws.sqs.overflow import JoinedParts


@given(st.lists(st.binary(max_size=9), max_size=5), st.integers(1, 7))
def test_parts_are_read_as_what_they_are_joined(parts: list[bytes], piece: int) -> None:
    file = JoinedParts(parts)
    pieces = list(iter(lambda: file.read(piece), b""))

    assert b"".join(pieces) == b"".join(parts)
    assert max(map(len, pieces), default=0) <= piece


def test_what_was_read_for_its_signature_is_read_again_for_its_sending() -> None:
    file = JoinedParts([b"one", b"", b"two"])

    assert file.read() == b"onetwo"
    assert file.seek(0) == 0
    assert file.read() == b"onetwo"


@pytest.mark.parametrize("position", [0, 4])
def test_botocore_finds_what_is_left_of_it_and_moves_nothing(position: int) -> None:
    file = JoinedParts([b"one", b"two"])
    file.seek(position)

    assert determine_content_length(file) == 6 - position
    assert file.tell() == position
    assert file.seek(-1, SEEK_END) == 5
