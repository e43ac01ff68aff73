"""What the functions of a running statement may ask of its session."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from oralite.clock import Clock
from oralite.errors import NotSupported, OraError
from oralite.formats.elements import DATE_LACKS, TIMESTAMP_LACKS, parse_format
from oralite.functions.function import NLS_DEFAULTS
from oralite.zones import find_zone

#: Formats that are carried out as they are given, each with the elements that its type lacks.
_FORMATS = {
    "NLS_DATE_FORMAT": DATE_LACKS,
    "NLS_TIMESTAMP_FORMAT": TIMESTAMP_LACKS,
    "NLS_TIMESTAMP_TZ_FORMAT": (),
}
#: Parameters that may only be set to what oralite does anyway; the first value is the one that it
#: calls its own.
_FIXED = {
    "NLS_LANGUAGE": ("AMERICAN",),
    "NLS_TERRITORY": ("AMERICA",),
    "NLS_CURRENCY": ("$",),
    "NLS_ISO_CURRENCY": ("AMERICA",),
    "NLS_DUAL_CURRENCY": ("$",),
    "NLS_TIME_FORMAT": ("HH.MI.SSXFF AM",),
    "NLS_TIME_TZ_FORMAT": ("HH.MI.SSXFF AM TZR",),
    "NLS_DATE_LANGUAGE": ("AMERICAN", "ENGLISH"),
    "NLS_NUMERIC_CHARACTERS": (".,",),
    "NLS_CALENDAR": ("GREGORIAN",),
    "NLS_SORT": ("BINARY",),
    "NLS_COMP": ("BINARY", "ANSI", "LINGUISTIC"),
    "NLS_LENGTH_SEMANTICS": ("BYTE",),
    "NLS_NCHAR_CONV_EXCP": ("FALSE",),
    "ISOLATION_LEVEL": ("READ COMMITTED",),
}

#: Of DDL_LOCK_TIMEOUT.
_MOST_SECONDS = 1_000_000

_ENVIRONMENT: Mapping[str, str | None] = {
    "DB_NAME": "ORALITE",
    "DB_UNIQUE_NAME": "ORALITE",
    "DB_DOMAIN": None,
    "INSTANCE": "1",
    "INSTANCE_NAME": "oralite",
    "LANGUAGE": "AMERICAN_AMERICA.AL32UTF8",
    "LANG": "US",
    "ISDBA": "FALSE",
    "CON_NAME": "ORALITE",
    "CON_ID": "1",
    "DATABASE_ROLE": "PRIMARY",
    "SERVER_HOST": platform.node(),
    "NETWORK_PROTOCOL": "tcp",
    "AUTHENTICATION_METHOD": "PASSWORD",
    "IDENTIFICATION_TYPE": "LOCAL",
    "CURRENT_EDITION_NAME": "ORA$BASE",
    "SESSION_EDITION_NAME": "ORA$BASE",
    "CLOUD_SERVICE": None,
    "PROXY_USER": None,
    **dict.fromkeys(("CLIENT_IDENTIFIER", "MODULE", "ACTION", "CLIENT_INFO", "DBOP_NAME")),
    **dict.fromkeys(("HOST", "TERMINAL", "OS_USER", "CLIENT_PROGRAM_NAME", "IP_ADDRESS")),
}


class SessionContext:
    """The state of one session that functions see.

    now stands still while a statement runs. ALTER SESSION changes the zone and the formats.
    service: what it logged in to. identify: gives the identifier of its transaction.
    """

    def __init__(self, clock: Clock, user: str, service: str, charset: str) -> None:
        self._clock = clock
        self.charset = charset
        self._service = service
        self.user = user
        self.schema = user
        self.now: datetime = clock.now()
        self.answers: dict[str, Any] = {}
        #: What the client says of itself: MODULE, ACTION, CLIENT_INFO, CLIENT_IDENTIFIER, DBOP.
        self.client: dict[str, str] = {}
        #: The session's, as V$SESSION shows it.
        self.number = 0
        self.identify: Callable[[], str | None] = lambda: None
        self._zone: str | None = None
        self._nls = dict(NLS_DEFAULTS)
        #: How long a DDL statement waits for those who have changed the table.
        self.ddl_lock_seconds = 0

    def continue_from(self, other: SessionContext) -> None:
        """Be as the other is now. Later changes of the other are its own."""
        self.now, self.client, self.number = other.now, other.client, other.number
        self.identify, self.parameters = other.identify, other.parameters

    def describe_client(self, parameters: Mapping[str, str]) -> None:
        """Note what the client says of itself. An empty text is none."""
        client = {**self.client, **parameters}
        self.client = {name: text for name, text in client.items() if text}

    def start_statement(self) -> None:
        self.now = self._clock.now()
        self.answers.clear()

    @property
    def transaction(self) -> str | None:
        return self.identify()

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
    def environment(self) -> Mapping[str, str | None]:
        """Return the parameters of USERENV, None where nothing is set."""
        return {
            **_ENVIRONMENT,
            **self.client,
            "SERVICE_NAME": self._service,
            "AUTHENTICATED_IDENTITY": self.user,
            "SID": str(self.number),
            "SESSIONID": str(self.number),
        }

    @property
    def parameters(self) -> tuple[str | None, str, dict[str, str], int]:
        """Return all that alter() changes."""
        return self._zone, self.schema, dict(self._nls), self.ddl_lock_seconds

    @parameters.setter
    def parameters(self, before: tuple[str | None, str, dict[str, str], int]) -> None:
        self._zone, self.schema, self._nls, self.ddl_lock_seconds = before

    def alter(self, name: str, value: str) -> None:
        """Carry the parameter out.

        Raises ORA-02248 for one that sessions do not have, NotSupported for a value that would
        change what oralite cannot change, ORA-01821 for a wrong format, and ORA-00068 for seconds
        that are none.
        """
        if name == "TIME_ZONE":
            self._zone = self._known_zone(value)
        elif name == "CURRENT_SCHEMA":
            self.schema = value
        elif name in _FORMATS:
            parse_format(value, _FORMATS[name])
            self._nls[name] = value
        elif name == "DDL_LOCK_TIMEOUT":
            self.ddl_lock_seconds = _seconds(value)
        elif name not in _FIXED:
            raise OraError(2248, f"invalid option for ALTER SESSION: {name}")
        elif value.upper() not in _FIXED[name]:
            raise NotSupported(
                f"{name} other than {_FIXED[name][0]}", f"ALTER SESSION SET {name} = '{value}'"
            )
        else:
            self._keep(name, value.upper())

    def _keep(self, name: str, value: str) -> None:
        """Keep a value that changes nothing but what NLS_SESSION_PARAMETERS shows.

        A territory brings its formats.
        """
        if name in self._nls:
            self._nls[name] = value
        if name == "NLS_TERRITORY":
            self._nls.update({known: NLS_DEFAULTS[known] for known in _FORMATS})

    def _known_zone(self, value: str) -> str | None:
        if value.upper() in ("LOCAL", "DBTIMEZONE"):
            return None
        find_zone(value)
        return value


def _seconds(value: str) -> int:
    if not value.isdecimal() or int(value) > _MOST_SECONDS:
        raise OraError(
            68,
            f"invalid value {value} for parameter ddl_lock_timeout, must be between 0 and "
            f"{_MOST_SECONDS}",
        )
    return int(value)
