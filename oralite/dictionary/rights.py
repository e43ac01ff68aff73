"""Users and what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oralite.catalog.definitions import (
    DEFAULT_LIMIT,
    DEFAULT_PROFILE,
    OTHER_RESOURCES,
    PUBLIC,
    SESSIONS,
    UNLIMITED,
    Grant,
    User,
)
from oralite.catalog.rights import ROLES
from oralite.dictionary.view import view
from oralite.dictionary.viewer import Viewer, moment


def _users(viewer: Viewer) -> Iterator[User]:
    return iter(viewer.catalog.users.values())


def _all_users(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for user in _users(viewer):
        yield (user.name, user.number, moment(user.created))


def _dba_users(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for user in _users(viewer):
        yield (*_account(user), user.profile)


def _user_users(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for user in _users(viewer):
        if user.name == viewer.user:
            yield _account(user)


def _account(user: User) -> tuple[Any, ...]:
    return user.name, user.number, "OPEN", moment(user.created), "USERS"


def _resource_limits(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    yield SESSIONS, viewer.catalog.sessions_per_user(viewer.user)
    for resource in OTHER_RESOURCES:
        yield (resource, UNLIMITED)


def _profiles(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for profile in viewer.catalog.profiles.values():
        yield profile.name, SESSIONS, "KERNEL", profile.sessions_per_user
        if profile.name == DEFAULT_PROFILE:
            other = UNLIMITED
        else:
            other = DEFAULT_LIMIT
        for resource in OTHER_RESOURCES:
            yield (profile.name, resource, "KERNEL", other)


def _own_grants(viewer: Viewer) -> Iterator[Grant]:
    """Return those that the user gave or was given."""
    return (
        grant for grant in viewer.catalog.grants if viewer.user in (grant.owner, grant.grantee)
        or grant.grantee == PUBLIC
    )  # fmt: skip


def _user_tab_privs(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for grant in _own_grants(viewer):
        if grant.grantee != PUBLIC:
            yield _privilege(grant)


def _privilege(grant: Grant) -> tuple[Any, ...]:
    return grant.grantee, grant.owner, grant.name, grant.owner, grant.privilege, "NO", "TABLE"


def _all_tab_privs(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for grant in _own_grants(viewer):
        yield grant.owner, grant.grantee, grant.owner, grant.name, grant.privilege, "NO", "TABLE"


def _dba_tab_privs(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    return map(_privilege, viewer.catalog.grants)


def _given(viewer: Viewer) -> frozenset[str]:
    return viewer.catalog.users[viewer.user].privileges


def _session_privs(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    privileges = viewer.catalog.system_privileges(viewer.user)
    for name in sorted(privileges - ROLES.keys() - {"ANY"}):
        yield (name,)


def _session_roles(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for name in sorted(_given(viewer) & ROLES.keys()):
        yield (name,)


def _user_sys_privs(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for name in sorted(_given(viewer) - ROLES.keys()):
        yield (viewer.user, name, "NO")


def _user_role_privs(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    for name in sorted(_given(viewer) & ROLES.keys()):
        yield (viewer.user, name, "NO", "YES")


_GRANT_NAMES = "GRANTEE OWNER TABLE_NAME GRANTOR PRIVILEGE GRANTABLE TYPE"

VIEWS = [
    view("ALL_USERS", "USERNAME USER_ID:# CREATED:@ ORACLE_MAINTAINED=N", _all_users),
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
