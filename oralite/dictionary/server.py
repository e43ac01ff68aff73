"""What the server says of itself: version, instance, parameters, sessions and counts."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from oralite.dictionary.view import view

if TYPE_CHECKING:
    from oralite.sqlsession import SqlSession


def _banner(session: SqlSession) -> str:
    release = session.database.version.partition(".")[0]
    return f"Oracle Database {release} (oralite, an emulation on SQLite) Release {session.database.version}"


def _version(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    banner = _banner(session)
    yield banner, f"{banner}\nVersion {session.database.version}", banner, 0


def _component(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    yield (
        "Oracle Database (oralite)",
        session.database.version,
        session.database.version,
        "Production",
    )


def _instance(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    started = session.database.started.replace(tzinfo=None, microsecond=0)
    yield (
        1,
        "oralite",
        platform.node(),
        session.database.version,
        started,
        "OPEN",
        "ALLOWED",
        "ACTIVE",
    )


def _database(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    yield 1, "ORALITE", "READ WRITE", "ARCHIVELOG", "PRIMARY"


def _parameters(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return iter(session.context.nls.items())


def _sessions(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    for other in session.database.sessions:
        number, client = other.context.number, other.context.client
        told = [
            client.get(name) for name in ("MODULE", "ACTION", "CLIENT_INFO", "CLIENT_IDENTIFIER")
        ]
        state = "ACTIVE" if other is session else "INACTIVE"
        yield number, number, other.user, other.schema, state, "USER", *told


def _statistics(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return iter(sorted(session.database.counts.items()))


VIEWS = [
    view("V$VERSION", "BANNER BANNER_FULL BANNER_LEGACY CON_ID:#", _version),
    view("PRODUCT_COMPONENT_VERSION", "PRODUCT VERSION VERSION_FULL STATUS", _component),
    view(
        "V$INSTANCE",
        "INSTANCE_NUMBER:# INSTANCE_NAME HOST_NAME VERSION STARTUP_TIME:@ STATUS LOGINS DATABASE_STATUS",
        _instance,
        for_dba=True,
    ),
    view("V$DATABASE", "DBID:# NAME OPEN_MODE LOG_MODE DATABASE_ROLE", _database, for_dba=True),
    view("NLS_SESSION_PARAMETERS", "PARAMETER VALUE", _parameters),
    view("NLS_DATABASE_PARAMETERS", "PARAMETER VALUE", _parameters),
    view("NLS_INSTANCE_PARAMETERS", "PARAMETER VALUE", _parameters),
    view("V$NLS_PARAMETERS", "PARAMETER VALUE", _parameters),
    view(
        "V$SESSION",
        "SID:# SERIAL#:# USERNAME SCHEMANAME STATUS TYPE MODULE ACTION CLIENT_INFO CLIENT_IDENTIFIER",
        _sessions,
        for_dba=True,
    ),
    view("V$ORALITE_STATS", "NAME VALUE:#", _statistics),
]
