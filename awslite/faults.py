"""Faults that a test or another process orders, drawn from a seeded generator."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from awslite.refusals import Document
from awslite.treatment import PLAIN, Request, Treatment

#: Instead of an action's name: every request.
ANY = "*"
#: Where the entries of a batch stand in its request.
BATCHES = {"PutRecords": "Records", "PutEvents": "Entries"}


@dataclass
class Fault:
    """What happens to requests of one action.

    rate: the share of the requests that it happens to, 0 to 1.
    skip: how many of the action's requests come first that it does not happen to.
    times: to how many it happens at most, without end if None.
    entry_rate, entry_code: the share of a batch's entries that fail, and with what.
    """

    action: str = ANY
    rate: float = 1.0
    skip: int = 0
    times: int | None = None
    entry_rate: float = 0.0
    entry_code: str = "InternalFailure"
    treatment: Treatment = field(default_factory=Treatment)

    def takes(self, request: Request, chance: random.Random) -> bool:
        """Say whether it happens to this request, and count that."""
        if self.action not in (ANY, request.action) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if chance.random() >= self.rate:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def apply(self, request: Request, treatment: Treatment, chance: random.Random) -> Treatment:
        """Return a treatment with this fault in it. What is set there already stays."""
        changes = {}
        for name in TREATMENT_FIELDS:
            if getattr(treatment, name) == getattr(PLAIN, name):
                changes[name] = getattr(self.treatment, name)
        failed = dict(changes.get("failed_entries", treatment.failed_entries))
        if self.entry_rate:
            for position in range(len(request.document.get(BATCHES.get(request.action, ""), ()))):
                if chance.random() < self.entry_rate:
                    failed.setdefault(position, self.entry_code)
        return replace(treatment, **{**changes, "failed_entries": failed})


TREATMENT_FIELDS = tuple(entry.name for entry in fields(Treatment))
FAULT_FIELDS = {entry.name for entry in fields(Fault)}


class Faults:
    """The faults that are ordered now."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._chance = random.Random(seed)
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Let a fault happen from now on."""
        with self._lock:
            self._ordered.append(fault)

    def clear(self) -> None:
        """Let no fault happen from now on."""
        with self._lock:
            self._ordered.clear()

    def reseed(self, seed: int) -> None:
        """Draw as after a start with this seed."""
        with self._lock:
            self._chance = random.Random(seed)

    def treat(self, request: Request) -> Treatment:
        """Return what is done to a request."""
        treatment = PLAIN
        with self._lock:
            for fault in self._ordered:
                if fault.takes(request, self._chance):
                    treatment = fault.apply(request, treatment, self._chance)
        return treatment


def read_fault(document: Mapping[str, Any]) -> Fault:
    """Return the fault that a document of JSON describes: the names of Fault and of Treatment.

    Raises ValueError for a name that neither has.
    """
    values: Document = {}
    treatment: Document = {}
    for name, value in document.items():
        if name in TREATMENT_FIELDS:
            treatment[name] = read_value(name, value)
        elif name in FAULT_FIELDS - {"treatment"}:
            values[name] = value
        else:
            raise ValueError(f"{name!r} is none of {sorted({*TREATMENT_FIELDS, *FAULT_FIELDS})}")
    return Fault(**values, treatment=Treatment(**treatment))


def read_value(name: str, value: Any) -> Any:
    """Return a field of Treatment, of what JSON has for it."""
    if name == "failed_entries":
        return {int(position): code for position, code in value.items()}
    if isinstance(value, list):
        return tuple(value)
    return value
