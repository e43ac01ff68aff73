"""Names of shares, locks and keys, as MariaDB takes them."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.mariadb.names import name_failure, name_key, name_lock, name_share


def test_a_share_has_a_name_of_its_own_and_the_whole_keeps_its() -> None:
    assert name_share("M_INTIMECASEAGENT", 2, 4) == "M_INTIMECASEAGENT#2/4"
    assert name_share("M_INTIMECASEAGENT", 1, 1) == "M_INTIMECASEAGENT"


def test_a_name_takes_100_characters_with_its_share() -> None:
    assert len(name_share("x" * 96, 2, 4)) == 100
    with pytest.raises(SettingsError, match=r"takes 100 characters with its share, .* has 101"):
        name_share("x" * 97, 2, 4)


def test_long_names_have_locks_of_their_own() -> None:
    assert name_lock("P") == "oracle-cdc:P"
    long = name_lock("x" * 100), name_lock("x" * 99 + "y")
    assert len(set(long)) == 2
    assert {len(name) for name in long} == {64}


def test_a_long_key_keeps_its_begin_and_stays_the_only_one() -> None:
    assert name_key("x" * 200) == "x" * 200
    first, second = name_key("k" * 201), name_key("k" * 200 + "l")
    assert first != second
    assert first.startswith("k" * 135 + "#")
    assert len(first) == len(second) == 200


def test_keys_that_differ_in_the_blanks_at_their_ends_have_names_of_their_own() -> None:
    names = {name_key("x"), name_key("x "), name_key("x  "), name_key(" x")}
    assert len({name.rstrip(" ") for name in names}) == 4
    assert {"x", " x"} < names


@pytest.mark.parametrize("key", ["x", "x ", "k" * 201, "k" * 250 + " "])
def test_a_key_that_has_its_name_keeps_it(key: str) -> None:
    assert name_key(name_key(key)) == name_key(key)


def test_what_was_set_aside_has_an_id_of_32_digits_that_no_other_program_or_key_has() -> None:
    ids = {name_failure("P", "1"), name_failure("P", "2"), name_failure("P#1/2", "1")}
    assert len(ids) == 3
    assert name_failure("P", "1") == "52E15C239478DA46952BA90DA6361406"
