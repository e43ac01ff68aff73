"""Wheels of the packages that are installed here, so that pip fills a fresh venv offline."""

from __future__ import annotations

import re
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

#: What pip wrote when it installed the package, and makes anew.
NOT_OF_THE_WHEEL = {"INSTALLER", "REQUESTED", "direct_url.json"}


def make_wheelhouse(requirements: Path, folder: Path) -> Path:
    """Put the packages of a requirements file, and what they need, into a folder as wheels."""
    folder.mkdir()
    waiting = []
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            waiting.append(line)
    packed = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        is_needed = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if is_needed and name not in packed:
            packed.add(name)
            found = distribution(name)
            pack(found, folder)
            waiting.extend(found.requires or [])
    return folder


def pack(installed: Distribution, folder: Path) -> None:
    """Write the wheel that a package was installed from."""
    files = [path for path in installed.files or [] if is_of_the_wheel(path.parts)]
    (information,) = {path.parts[0] for path in files if path.name == "METADATA"}
    tag = re.search(r"^Tag: (\S+)$", installed.read_text("WHEEL") or "", re.MULTILINE)
    assert tag
    name = f"{information.removesuffix('.dist-info')}-{tag[1]}.whl"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        for path in files:
            wheel.write(str(path.locate()), str(path))


def is_of_the_wheel(parts: tuple[str, ...]) -> bool:
    if ".." in parts or "__pycache__" in parts:
        return False
    return parts[-1] not in NOT_OF_THE_WHEEL
