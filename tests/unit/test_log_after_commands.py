"""A command that runs in the process of the tests changes nothing for the test behind it."""

from __future__ import annotations

import logging

from oracle_cdc.running.log_setup import configure_console
from tests.conftest import pytest_runtest_teardown


def test_the_test_behind_a_command_reads_warnings() -> None:
    configure_console("ERROR")
    root = logging.getLogger()
    assert root.level == logging.ERROR
    pytest_runtest_teardown()
    assert root.level == logging.WARNING
    assert logging.StreamHandler not in set(map(type, root.handlers))
