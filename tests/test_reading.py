"""The budgets for how the code reads: lengths, what is packed into a line, and the words."""

from __future__ import annotations

import pytest

from tests.reading.budgets import breaches
from tests.reading.sources import PACKAGES, read_package


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_keeps_the_budgets_for_reading(package: str) -> None:
    found = breaches(package, read_package(package))
    assert not found, "`python -m tests.reading --offenders` prints where: " + ", ".join(found)
