"""A secret's place, and a door that opens to one password: what was read and tried there."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import CredentialsError, OracleCredentialsError
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.settings.sources import Given

#: More log-ins than any of these tests makes.
MANY = 50
OLD, NEW, NEWEST = "Old-Tiger-1", "New-Tiger-2", "Newest-Tiger-3"


class Place:
    """Where the secret stands, and how often it was read there."""

    def __init__(self, value: str = OLD) -> None:
        self.value: str | None = value
        self.version = 3
        self.reads = 0
        self.failure: Exception | None = None
        #: What it says next, one after another: a new value, or that it can't be asked.
        self.answers: list[str | Exception] = []

    def given(self) -> Given:
        place = f"SSM /cdc/oracle/password (version {self.version})"
        return Given("ORACLE_PASSWORD", self.value, "SSM", place, self.read_again)

    def read_again(self) -> Given | None:
        self.reads += 1
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            self.put(answer)
        if self.failure is not None:
            raise self.failure
        return self.given() if self.value is not None else None

    def put(self, value: str) -> None:
        self.value = value
        self.version += 1


class Door:
    """What opens to one password, and what was tried on it, and when."""

    def __init__(self, password: str = OLD) -> None:
        self.password = password
        self.now = 1000.0
        self.tried: list[tuple[str, float]] = []
        self.refusal: CredentialsError = OracleCredentialsError("ORA-01017")

    def clock(self) -> float:
        return self.now

    def open(self, password: str) -> str:
        self.tried.append((password, self.now))
        assert len(self.tried) < MANY, "tried again and again"
        if password != self.password:
            raise self.refusal
        return "open"

    def refused(self) -> list[str]:
        return [password for password, _ in self.tried if password != self.password]


def refuse(secret: Secret, door: Door) -> str:
    """Log in, and return the words of the refusal."""
    with pytest.raises(CredentialsError) as refused:
        secret.log_in(door.open)
    return str(refused.value)


def rotating(place: Place, door: Door) -> Secret:
    """Make the secret of a place, on the door's clock."""
    return Secret("ORACLE_PASSWORD", place.given(), door.clock)
