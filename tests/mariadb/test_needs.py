"""Tests of MariaDB are skipped aloud where it is missing, and fail where it must be there."""

from __future__ import annotations

import pytest

from tests.mariadb.needs import do_without


def test_without_a_server_its_tests_are_skipped_and_say_what_helps() -> None:
    with pytest.raises(pytest.skip.Exception, match="make services"):
        do_without({})


def test_without_a_server_its_tests_fail_where_it_must_be_there() -> None:
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_MARIADB=1"):
        do_without({"REQUIRE_MARIADB": "1"})
