"""Profiles: how many sessions their users may have at a time."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import (
    DEFAULT_LIMIT,
    DEFAULT_PROFILE,
    OTHER_RESOURCES,
    SESSIONS,
    UNLIMITED,
    Profile,
)
from oralite.ddl.change import Change
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.tokens import TokenKind

_PASSWORDS = (
    "FAILED_LOGIN_ATTEMPTS",
    "PASSWORD_LIFE_TIME",
    "PASSWORD_REUSE_TIME",
    "PASSWORD_REUSE_MAX",
    "PASSWORD_VERIFY_FUNCTION",
    "PASSWORD_LOCK_TIME",
    "PASSWORD_GRACE_TIME",
    "INACTIVE_ACCOUNT_TIME",
)
_UNBOUNDED = (UNLIMITED, DEFAULT_LIMIT)


def create(change: Change, cursor: Cursor) -> None:
    """Carry out CREATE PROFILE. Raises ORA-02379 for a name that is taken."""
    change.require_dba()
    name = name_of(cursor)
    if name in change.catalog.profiles:
        raise OraError(2379, f"profile {name} already exists")
    change.catalog = change.catalog.with_profile(_with_limits(cursor, Profile(name)))


def alter(change: Change, cursor: Cursor) -> None:
    """Carry out ALTER PROFILE. Raises ORA-02380 for one that is not there."""
    change.require_dba()
    profile = _with_limits(cursor, known(change, name_of(cursor)))
    if profile == Profile(DEFAULT_PROFILE):
        raise OraError(2377, "invalid profile limit DEFAULT", cursor.token.start)
    change.catalog = change.catalog.with_profile(profile)


def drop(change: Change, cursor: Cursor) -> None:
    """Carry out DROP PROFILE.

    Raises ORA-02380, ORA-02381 for the default one, and ORA-02382 for one with users unless the
    statement says CASCADE.
    """
    change.require_dba()
    name = name_of(cursor)
    cascades = cursor.accept("CASCADE")
    cursor.expect_end()
    known(change, name)
    if name == DEFAULT_PROFILE:
        raise OraError(2381, "cannot drop PUBLIC_DEFAULT profile")
    if not cascades and any(user.profile == name for user in change.catalog.users.values()):
        raise OraError(2382, f"profile {name} has users assigned, cannot drop without CASCADE")
    change.catalog = change.catalog.without_profile(name)


def known(change: Change, name: str) -> Profile:
    """Return a profile. Raises ORA-02380."""
    found = change.catalog.profiles.get(name)
    if found is None:
        raise OraError(2380, f"profile {name} does not exist")
    return found


def name_of(cursor: Cursor) -> str:
    """Read a profile's name. The default's is a reserved word elsewhere."""
    if cursor.accept(DEFAULT_PROFILE):
        return DEFAULT_PROFILE
    return cursor.identifier()


def _with_limits(cursor: Cursor, profile: Profile) -> Profile:
    """Return the profile with what stands behind LIMIT.

    Raises ORA-02376 for a resource that is none or comes twice, ORA-02377 for a limit that is none,
    and ORA-03001 for one that would have no effect here.
    """
    cursor.expect("LIMIT")
    seen: set[str] = set()
    while cursor.token.kind is not TokenKind.END:
        resource = cursor.token.value
        if resource in seen or resource not in (SESSIONS, *OTHER_RESOURCES, *_PASSWORDS):
            raise OraError(2376, "invalid or redundant resource", cursor.token.start)
        seen.add(resource)
        cursor.advance()
        limit = _limit(cursor)
        if resource == SESSIONS:
            profile = replace(profile, sessions_per_user=limit)
        elif limit not in _UNBOUNDED:
            raise cursor.unsupported(f"{resource} of a profile")
    if not seen:
        raise OraError(2376, "invalid or redundant resource", cursor.token.start)
    return profile


def _limit(cursor: Cursor) -> str:
    token = cursor.advance()
    is_number = token.kind is TokenKind.NUMBER and token.value.isdecimal() and int(token.value) > 0
    if token.value in _UNBOUNDED or is_number:
        return token.value
    raise OraError(2377, f"invalid profile limit {token.value}", token.start)
