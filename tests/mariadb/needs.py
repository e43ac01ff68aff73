"""What becomes of tests of MariaDB where it is not installed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NoReturn

import pytest

REASON = "mariadbd is not installed: `make services` installs it where the user may"


def do_without(environment: Mapping[str, str] = os.environ) -> NoReturn:
    """Skip a test, or let it fail where REQUIRE_MARIADB=1 says that it must run."""
    if environment.get("REQUIRE_MARIADB") == "1":
        pytest.fail(f"{REASON}; REQUIRE_MARIADB=1", pytrace=False)
    pytest.skip(REASON)
