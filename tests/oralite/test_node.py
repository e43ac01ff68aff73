"""node-oracledb's thin client, written apart from python's, reads the same protocol. Skips where
node is absent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.oralite.driver import Target

SCRIPT = Path(__file__).with_name("node_client.js")
INSTALL_SECONDS = 120
RUN_SECONDS = 60


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Return a folder of this user's cache that has the package oracledb.

    It is installed there once, and nothing globally.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node or npm is not installed")
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME", tempfile.gettempdir()))
        / f"oralite-node-{os.getuid()}"
    )
    if not (cache / "node_modules" / "oracledb").is_dir():
        install(cache)
    return cache / "node_modules"


def install(cache: Path) -> None:
    """Install into a folder of its own first.

    Test processes side by side do not see half of it then.
    """
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent) as scratch:
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "oracledb"]
        try:
            subprocess.run(
                command, cwd=scratch, check=True, capture_output=True, timeout=INSTALL_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            pytest.skip("npm cannot install oracledb here (no package index?)")
        cache.mkdir(exist_ok=True)
        try:
            (Path(scratch) / "node_modules").rename(cache / "node_modules")
        except OSError:
            assert (cache / "node_modules" / "oracledb").is_dir()


@pytest.mark.parametrize("profile", ["19c", "23ai"])
def test_node_logs_in_and_works(
    node_modules: Path, target: Target, new_table: Callable[[str], str], profile: str
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY, name VARCHAR2(100), moment TIMESTAMP, note CLOB")

    seen = run_node(node_modules, target, table)

    assert seen["one"] == seen["again"] == [[1]]
    assert seen["inserted"] == 3
    assert seen["names"] == [[2, "שלום 2 😀"], [3, "שלום 3 😀"]]
    assert seen["nothing"] == []
    assert seen["noteLengths"] == [70001, 70002, 70003]
    assert seen["locatedLength"] == 70001
    assert seen["error"] == "ORA-00942"


def run_node(node_modules: Path, target: Target, table: str) -> dict[str, Any]:
    finished = subprocess.run(
        ["node", str(SCRIPT), target.user, target.password, target.dsn, table],
        env={**os.environ, "NODE_PATH": str(node_modules)},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return dict(json.loads(finished.stdout))
