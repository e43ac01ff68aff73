"""What the server says of itself: version, instance, parameters, sessions and counts."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import Any

from oralite.dictionary.view import view
from oralite.dictionary.viewer import Viewer
from oralite.functions.function import NLS_DEFAULTS
from oralite.model import serial_number

_NATIONAL_SET = "AL16UTF16"
#: What an instance has of its own. The other parameters are NULL there.
_OF_INSTANCE = (
    "NLS_LANGUAGE",
    "NLS_TERRITORY",
    "NLS_COMP",
    "NLS_LENGTH_SEMANTICS",
    "NLS_NCHAR_CONV_EXCP",
)
_CLIENT_NAMES = ("MODULE", "ACTION", "CLIENT_INFO", "CLIENT_IDENTIFIER")


def _banner(viewer: Viewer) -> str:
    release = viewer.server.version.partition(".")[0]
    return (
        f"Oracle Database {release} (oralite, an emulation on SQLite)"
        f" Release {viewer.server.version}"
    )


def _version(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    banner = _banner(viewer)
    yield banner, f"{banner}\nVersion {viewer.server.version}", banner, 0


def _component(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    yield (
        "Oracle Database (oralite)",
        viewer.server.version,
        viewer.server.version,
        "Production",
    )


def _instance(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    started = viewer.server.started.replace(tzinfo=None, microsecond=0)
    yield (
        1,
        "oralite",
        platform.node(),
        viewer.server.version,
        started,
        "OPEN",
        "ALLOWED",
        "ACTIVE",
    )


def _database(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    yield 1, "ORALITE", "READ WRITE", "ARCHIVELOG", "PRIMARY"


def _parameters(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    return iter(viewer.parameters.items())


def _character_sets(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    yield "NLS_CHARACTERSET", viewer.server.charset
    yield "NLS_NCHAR_CHARACTERSET", _NATIONAL_SET


def _database_parameters(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    """Give what the database was made with, whatever the session has set."""
    yield "NLS_RDBMS_VERSION", viewer.server.version
    yield from NLS_DEFAULTS.items()
    yield from _character_sets(viewer)


def _instance_parameters(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for name, value in NLS_DEFAULTS.items():
        if name in _OF_INSTANCE:
            yield name, value
        else:
            yield name, None


def _all_parameters(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    yield from viewer.parameters.items()
    yield from _character_sets(viewer)


def _sessions(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for session in viewer.server.sessions():
        number = session.number
        shown = []
        for name in _CLIENT_NAMES:
            shown.append(session.client.get(name))
        if session.is_killed:
            state = "KILLED"
        elif number == viewer.number:
            state = "ACTIVE"
        else:
            state = "INACTIVE"
        yield number, serial_number(number), session.user, session.schema, state, "USER", *shown


def _statistics(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    return iter(sorted(viewer.server.counts().items()))


VIEWS = [
    view("V$VERSION", "BANNER BANNER_FULL BANNER_LEGACY CON_ID:#", _version),
    view("PRODUCT_COMPONENT_VERSION", "PRODUCT VERSION VERSION_FULL STATUS", _component),
    view(
        "V$INSTANCE",
        "INSTANCE_NUMBER:# INSTANCE_NAME HOST_NAME VERSION STARTUP_TIME:@ STATUS LOGINS"
        " DATABASE_STATUS",
        _instance,
        for_dba=True,
    ),
    view("V$DATABASE", "DBID:# NAME OPEN_MODE LOG_MODE DATABASE_ROLE", _database, for_dba=True),
    view("NLS_SESSION_PARAMETERS", "PARAMETER VALUE", _parameters),
    view("NLS_DATABASE_PARAMETERS", "PARAMETER VALUE", _database_parameters),
    view("NLS_INSTANCE_PARAMETERS", "PARAMETER VALUE", _instance_parameters),
    view("V$NLS_PARAMETERS", "PARAMETER VALUE", _all_parameters),
    view(
        "V$SESSION",
        "SID:# SERIAL#:# USERNAME SCHEMANAME STATUS TYPE MODULE ACTION CLIENT_INFO"
        " CLIENT_IDENTIFIER",
        _sessions,
        for_dba=True,
    ),
    view("V$ORALITE_STATS", "NAME VALUE:#", _statistics),
]
