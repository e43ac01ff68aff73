"""Users and what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from oralite.catalog import ROLES
from oralite.catalog.definitions import (
    DEFAULT_LIMIT,
    DEFAULT_PROFILE,
    PUBLIC,
    UNLIMITED,
    Grant,
    User,
)
from oralite.ddl.profiles import OTHER_RESOURCES, SESSIONS
from oralite.dictionary.objects import moment
from oralite.dictionary.view import view

if TYPE_CHECKING:
    from oralite.sqlsession import SqlSession


def _users(session: SqlSession) -> Iterator[User]:
    return iter(session.database.catalog.users.values())


def _all_users(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return ((user.name, user.number, moment(user.created)) for user in _users(session))


def _dba_users(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return ((*_account(user), user.profile) for user in _users(session))


def _user_users(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return (_account(user) for user in _users(session) if user.name == session.user)


def _account(user: User) -> tuple[Any, ...]:
    return user.name, user.number, "OPEN", moment(user.created), "USERS"


def _resource_limits(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    yield SESSIONS, session.database.catalog.sessions_per_user(session.user)
    yield from ((resource, UNLIMITED) for resource in OTHER_RESOURCES)


def _profiles(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    for profile in session.database.catalog.profiles.values():
        yield profile.name, SESSIONS, "KERNEL", profile.sessions_per_user
        other = UNLIMITED if profile.name == DEFAULT_PROFILE else DEFAULT_LIMIT
        yield from ((profile.name, resource, "KERNEL", other) for resource in OTHER_RESOURCES)


def _own_grants(session: SqlSession) -> Iterator[Grant]:
    """Those that the user gave or was given."""
    return (
        grant for grant in session.database.catalog.grants if session.user in (grant.owner, grant.grantee)
        or grant.grantee == PUBLIC
    )  # fmt: skip


def _user_tab_privs(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return (_privilege(grant) for grant in _own_grants(session) if grant.grantee != PUBLIC)


def _privilege(grant: Grant) -> tuple[Any, ...]:
    return grant.grantee, grant.owner, grant.name, grant.owner, grant.privilege, "NO", "TABLE"


def _all_tab_privs(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    for grant in _own_grants(session):
        yield grant.owner, grant.grantee, grant.owner, grant.name, grant.privilege, "NO", "TABLE"


def _dba_tab_privs(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return map(_privilege, session.database.catalog.grants)


def _given(session: SqlSession) -> frozenset[str]:
    return session.database.catalog.users[session.user].privileges


def _session_privs(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    privileges = session.database.catalog.system_privileges(session.user)
    return ((name,) for name in sorted(privileges - ROLES.keys() - {"ANY"}))


def _session_roles(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return ((name,) for name in sorted(_given(session) & ROLES.keys()))


def _user_sys_privs(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return ((session.user, name, "NO") for name in sorted(_given(session) - ROLES.keys()))


def _user_role_privs(session: SqlSession) -> Iterator[tuple[Any, ...]]:
    return ((session.user, name, "NO", "YES") for name in sorted(_given(session) & ROLES.keys()))


_GRANT_NAMES = "GRANTEE OWNER TABLE_NAME GRANTOR PRIVILEGE GRANTABLE TYPE"

VIEWS = [
    view("ALL_USERS", "USERNAME USER_ID:# CREATED:@", _all_users),
    view(
        "DBA_USERS",
        "USERNAME USER_ID:# ACCOUNT_STATUS CREATED:@ DEFAULT_TABLESPACE PROFILE",
        _dba_users,
        for_dba=True,
    ),
    view(
        "USER_USERS", "USERNAME USER_ID:# ACCOUNT_STATUS CREATED:@ DEFAULT_TABLESPACE", _user_users
    ),
    view("USER_RESOURCE_LIMITS", "RESOURCE_NAME LIMIT", _resource_limits),
    view("DBA_PROFILES", "PROFILE RESOURCE_NAME RESOURCE_TYPE LIMIT", _profiles, for_dba=True),
    view("USER_TAB_PRIVS", _GRANT_NAMES, _user_tab_privs),
    view(
        "ALL_TAB_PRIVS",
        "GRANTOR GRANTEE TABLE_SCHEMA TABLE_NAME PRIVILEGE GRANTABLE TYPE",
        _all_tab_privs,
    ),
    view("DBA_TAB_PRIVS", _GRANT_NAMES, _dba_tab_privs, for_dba=True),
    view("SESSION_PRIVS", "PRIVILEGE", _session_privs),
    view("SESSION_ROLES", "ROLE", _session_roles),
    view("USER_SYS_PRIVS", "USERNAME PRIVILEGE ADMIN_OPTION", _user_sys_privs),
    view("USER_ROLE_PRIVS", "USERNAME GRANTED_ROLE ADMIN_OPTION DEFAULT_ROLE", _user_role_privs),
]
