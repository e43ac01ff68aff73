"""Scripts of the shell: what shellcheck says of each in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ROOT, tracked_files

#: Where pip puts it, whatever the path is.
SHELLCHECK = shutil.which("shellcheck", path=Path(sys.executable).parent)
SHEBANG = re.compile(rb"#!.*\b(?:ba|da)?sh\b")


def scripts() -> list[str]:
    """Return the files that a shell runs, by name or by first line."""
    found = []
    for path in tracked_files():
        if path.suffix == ".sh" or (not path.suffix and SHEBANG.match(path.read_bytes())):
            found.append(str(path.relative_to(ROOT)))
    return found


def test_the_script_of_the_checks_is_among_them() -> None:
    assert ".ci/run" in scripts()


@pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck is not installed (requirements-dev.txt)")
@pytest.mark.parametrize("name", scripts())
def test_shellcheck_has_nothing_to_say_of_a_script(name: str) -> None:
    said = subprocess.run(
        [str(SHELLCHECK), name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
