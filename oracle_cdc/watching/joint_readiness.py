"""How the pipelines of one process look together: one that is not ready says so for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from oracle_cdc.watching.readiness import NEXT_TRY, Check, Readiness


class Watched(Protocol):
    """What the health pages and the service manager are answered from."""

    def loops(self) -> list[Check]: ...
    def dependencies(self) -> list[Check]: ...
    def is_alive(self) -> bool: ...
    def has_begun(self) -> bool: ...
    def is_ready(self) -> bool: ...
    def missing(self) -> list[str]: ...
    def paused(self) -> list[str]: ...
    def standing_by(self) -> list[str]: ...
    def summary(self) -> str: ...


class JointReadiness:
    """Answers for several pipelines. What two of them say alike is said once."""

    def __init__(self, parts: Sequence[Readiness]) -> None:
        self.parts = parts

    def loops(self) -> list[Check]:
        """Check each loop of each."""
        checks: list[Check] = []
        for part in self.parts:
            checks += part.loops()
        return checks

    def dependencies(self) -> list[Check]:
        """Check each dependency. One that several have is well only where it is for all."""
        found: dict[str, Check] = {}
        for part in self.parts:
            for check in part.dependencies():
                before = found.get(check.name)
                if before is None or before.ok:
                    found[check.name] = check
        return list(found.values())

    def is_alive(self) -> bool:
        return all(part.is_alive() for part in self.parts)

    def has_begun(self) -> bool:
        return all(part.has_begun() for part in self.parts)

    def is_ready(self) -> bool:
        return all(part.is_ready() for part in self.parts)

    def missing(self) -> list[str]:
        """Return what is not well, each with its reason."""
        texts: dict[str, str] = {}
        for part in self.parts:
            for text in part.missing():
                # How long each still waits makes no other reason of it.
                texts.setdefault(text.partition(NEXT_TRY)[0], text)
        return list(texts.values())

    def paused(self) -> list[str]:
        """Return what a person has switched off."""
        names: list[str] = []
        for part in self.parts:
            names += part.paused()
        return names

    def standing_by(self) -> list[str]:
        """Return which pipelines another copy runs."""
        names: list[str] = []
        for part in self.parts:
            names += part.standing_by()
        return names

    def summary(self) -> str:
        """Return one line for people."""
        said = self.missing()
        said += [f"{name} is paused" for name in self.paused()]
        said += [f"{name} stands by: another copy runs it" for name in self.standing_by()]
        return "; ".join(said) or "ready"
