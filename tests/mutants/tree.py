"""A copy of the tree for a worker to break, and pytest in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutation import Mutation, restore
from tests.mutants.verdict import VARIABLE

ROOT = Path(__file__).parents[2]
#: Seconds for the tests of one mutation; what a taken-out deadline makes hang ends here.
RUN_SECONDS = 300
#: The same for all tests at once, before anything is broken.
UNBROKEN_SECONDS = 3600
#: Seconds for one test.
TEST_SECONDS = 60
#: A changed file is so much newer than before that no compiled one passes for it.
NEWER_SECONDS = 10


@dataclass(frozen=True)
class Run:
    """How pytest ended: its exit code, what failed, and the end of what it printed."""

    code: int
    failures: tuple[tuple[str, str, str], ...]
    output: str


def copy_tree(source: Path, target: Path) -> Path:
    """Copy what git knows of, and what is new: the tree as it stands, without what it ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=source,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)
    return target


def run_tests(tree: Path, tests: Sequence[str], *, only: str = "") -> Run:
    """Run tests in a tree that is broken, until the first one fails."""
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    return _run_pytest(tree, [*_chosen(tests, only), "-n", "0"], environment, RUN_SECONDS)


def run_unbroken(tree: Path, tests: Sequence[str], *, only: str = "", parallel: int = 1) -> Run:
    """Run tests in a tree that is as it should be, and keep what is compiled for later runs."""
    return _run_pytest(tree, [*_chosen(tests, only), "-n", str(parallel)], {}, UNBROKEN_SECONDS)


def _chosen(tests: Sequence[str], only: str) -> list[str]:
    return [*tests, "-k", only] if only else list(tests)


def _run_pytest(
    tree: Path, arguments: Sequence[str], environment: dict[str, str], seconds: float
) -> Run:
    verdict = tree / "mutants-verdict.json"
    verdict.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "tests.mutants.verdict", "--timeout", str(TEST_SECONDS), "--tb", "short"]
    whole = {**os.environ, **environment, VARIABLE: str(verdict)}
    code, output = _run([*command, *arguments], tree, whole, seconds)
    found = json.loads(verdict.read_text(encoding="utf-8")) if verdict.is_file() else []
    failures = tuple((each["test"], each["step"], each["kind"]) for each in found)
    return Run(code, failures, output[-3000:])


def run_mutated(tree: Path, mutation: Mutation) -> Run:
    """Run a mutation's tests in a tree that is broken for the time being. Raises Misplaced."""
    originals = mutation.apply(tree)
    times = {path: path.stat() for path in originals}
    for path, stat in times.items():
        later = stat.st_mtime_ns + NEWER_SECONDS * 1_000_000_000
        os.utime(path, ns=(later, later))
    try:
        return run_tests(tree, mutation.tests, only=mutation.only)
    finally:
        restore(originals)


def _run(
    command: Sequence[str], tree: Path, environment: dict[str, str], seconds: float
) -> tuple[int, str]:
    """Run a command to its end, or end it with all that it started and return -1."""
    process = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        output, _ = process.communicate()
        return -1, output
