"""What a Dockerfile says, and what its .dockerignore lets through."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from tests.documents import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
#: That of the functions, which SAM builds by the same .dockerignore.
OF_FUNCTIONS = (ROOT / "deploy" / "pipeline" / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8")
GLOBS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def instructions(text: str = DOCKERFILE) -> list[tuple[str, str]]:
    """Return each instruction as its keyword and the rest of its line."""
    kept = []
    for line in text.splitlines():
        if not line.startswith("#"):
            kept.append(line)
    found = []
    for line in "\n".join(kept).replace("\\\n", " ").splitlines():
        if line:
            keyword, _, rest = line.partition(" ")
            found.append((keyword, rest.strip()))
    return found


def values(keyword: str, text: str = DOCKERFILE) -> list[str]:
    """Return the rest of the line of each instruction with a keyword."""
    found = []
    for each, rest in instructions(text):
        if each == keyword:
            found.append(rest)
    return found


def variables() -> dict[str, str]:
    """Return what ENV puts into the environment of the process."""
    found = {}
    for line in values("ENV"):
        for word in shlex.split(line):
            name, _, value = word.partition("=")
            found[name] = value
    return found


def copied(text: str = DOCKERFILE) -> Iterator[tuple[str, str]]:
    """Yield each path of the checkout that is copied, with the place where it comes to lie."""
    for line in values("COPY", text):
        if line.startswith("--from="):
            continue
        *sources, target = line.split()
        for source in sources:
            place = target
            if target.endswith("/"):
                place = target + source
            yield source, place


def is_ignored(path: str, patterns: str = IGNORED) -> bool:
    """Return whether a path of the checkout is kept from the builder: the last match counts."""
    ignored = False
    for line in patterns.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        is_exception = pattern.startswith("!")
        if matches(pattern.removeprefix("!").strip("/"), path):
            ignored = not is_exception
    return ignored


def matches(pattern: str, path: str) -> bool:
    """Return whether a pattern means a path or a folder above it."""
    pieces = []
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern):
        pieces.append(GLOBS.get(piece, re.escape(piece)))
    return re.fullmatch("".join(pieces) + "(?:/.*)?", path) is not None
