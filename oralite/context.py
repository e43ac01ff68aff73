"""What the functions of a running statement may ask of its session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oralite.clock import Clock
from oralite.errors import OraError
from oralite.functions import NLS_DEFAULTS
from oralite.zones import find_zone


class SessionContext:
    """now stands still while a statement runs; ALTER SESSION changes the zone and the formats."""

    def __init__(self, clock: Clock, user: str) -> None:
        self._clock = clock
        self.user = user
        self.schema = user
        self.now: datetime = clock.now()
        self.answers: dict[str, Any] = {}
        self._zone: str | None = None
        self._nls = dict(NLS_DEFAULTS)

    def start_statement(self) -> None:
        self.now = self._clock.now()
        self.answers.clear()

    @property
    def session_zone(self) -> str:
        return self._zone or self._clock.zone

    @property
    def database_zone(self) -> str:
        return self._clock.zone

    @property
    def nls(self) -> Mapping[str, str]:
        return self._nls

    @property
    def environment(self) -> Mapping[str, str]:
        return {"DB_NAME": "ORALITE", "INSTANCE_NAME": "oralite", "LANGUAGE": "AMERICAN_AMERICA.AL32UTF8"}

    def alter(self, name: str, value: str) -> None:
        """Raises ORA-02248 for a parameter that sessions do not have."""
        if name == "TIME_ZONE":
            self._zone = self._known_zone(value)
        elif name == "CURRENT_SCHEMA":
            self.schema = value
        elif name in self._nls:
            self._nls[name] = value
        else:
            raise OraError(2248, f"invalid option for ALTER SESSION: {name}")

    def _known_zone(self, value: str) -> str | None:
        if value.upper() in ("LOCAL", "DBTIMEZONE"):
            return None
        find_zone(value)
        return value
