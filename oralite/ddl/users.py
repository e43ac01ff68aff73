"""Users and their rights."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import PUBLIC, SYS, Grant, Table, User
from oralite.catalog.rights import ROLES, no_table
from oralite.ddl import profiles
from oralite.ddl.change import Change
from oralite.ddl.drops import drop_table
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.sources import table_name
from oralite.tokens import TokenKind

_ON_OBJECTS = (
    *("SELECT", "INSERT", "UPDATE", "DELETE"),
    *("REFERENCES", "INDEX", "ALTER", "READ", "DEBUG"),
)
_SYSTEM = frozenset(
    {
        *ROLES,
        "CREATE SESSION",
        "CREATE TABLE",
        "CREATE VIEW",
        "CREATE SEQUENCE",
        "UNLIMITED TABLESPACE",
    }
    | {
        "SELECT ANY TABLE",
        "INSERT ANY TABLE",
        "UPDATE ANY TABLE",
        "DELETE ANY TABLE",
        "SELECT ANY DICTIONARY",
    }
    | {"SELECT_CATALOG_ROLE", "CREATE PROCEDURE", "CREATE TRIGGER", "CREATE SYNONYM"}
    | {"CREATE PUBLIC SYNONYM", "DROP PUBLIC SYNONYM"}
    | {"CREATE ANY TRIGGER", "ALTER ANY TRIGGER", "DROP ANY TRIGGER", "DEBUG ANY PROCEDURE"}
)


def create(change: Change, cursor: Cursor) -> None:
    change.require_dba()
    name = cursor.identifier()
    if name in (PUBLIC, SYS) or name in change.catalog.users:
        raise OraError(1920, f"user name '{name}' conflicts with another user or role name")
    password = _identified(cursor)
    user = User(name, password, change.catalog.next_number, frozenset(), change.created())
    change.catalog = change.catalog.with_user(_with_options(change, cursor, user))


def alter(change: Change, cursor: Cursor) -> None:
    user = _known(change, cursor.identifier())
    if user.name != change.user:
        change.require_dba()
    if cursor.at("IDENTIFIED"):
        user = replace(user, password=_identified(cursor))
        if cursor.accept("REPLACE"):
            cursor.advance()
    change.catalog = change.catalog.with_user(_with_options(change, cursor, user))


def _known(change: Change, name: str) -> User:
    found = change.catalog.users.get(name)
    if found is None:
        raise OraError(1918, f"user '{name}' does not exist")
    return found


def _identified(cursor: Cursor) -> str:
    """Read the password as written: unlike names it does not fold to upper case."""
    cursor.expect("IDENTIFIED", "BY")
    token = cursor.token
    if token.kind not in (TokenKind.WORD, TokenKind.QUOTED):
        raise OraError(988, "missing or invalid password(s)", token.start)
    cursor.advance()
    if token.kind is TokenKind.QUOTED:
        return token.value
    return cursor.sql[token.start : token.end]


def _with_options(change: Change, cursor: Cursor, user: User) -> User:
    """Return the user with its profile.

    Read over where things are stored. Refuse what would lock the user out.
    """
    while True:
        if cursor.accept("DEFAULT", "TABLESPACE") or cursor.accept("TEMPORARY", "TABLESPACE"):
            cursor.identifier()
        elif cursor.accept("QUOTA"):
            while not cursor.at("ON") and cursor.token.kind is not TokenKind.END:
                cursor.advance()
            cursor.expect("ON")
            cursor.identifier()
        elif cursor.accept("PROFILE"):
            change.require_dba()
            user = replace(user, profile=profiles.known(change, profiles.name_of(cursor)).name)
        elif not cursor.accept("ACCOUNT", "UNLOCK"):
            break
    if cursor.at_any("ACCOUNT", "PASSWORD", "DEFAULT"):
        raise cursor.unsupported(f"{cursor.token.value} of a user")
    cursor.expect_end()
    return user


def drop(change: Change, cursor: Cursor) -> None:
    change.require_dba()
    user = _known(change, cursor.identifier())
    cascades = cursor.accept("CASCADE")
    cursor.expect_end()
    if change.requester.is_connected(user.name):
        raise OraError(1940, "cannot drop a user that is currently connected")
    owned = [thing for thing in change.catalog.objects.values() if thing.owner == user.name]
    if owned and not cascades:
        raise OraError(1922, f"CASCADE must be specified to drop '{user.name}'")
    for thing in owned:
        if isinstance(thing, Table):
            drop_table(change, thing)
        else:
            change.catalog = change.catalog.without_object(thing.owner, thing.name)
    for trigger in list(change.catalog.triggers.values()):
        if trigger.owner == user.name:
            change.catalog = change.catalog.without_trigger(trigger)
    change.catalog = change.catalog.without_user(user.name)


def grant(change: Change, cursor: Cursor) -> None:
    privileges = cursor.listed(lambda: _privilege(cursor))
    if cursor.accept("ON"):
        wanted = _on_object(change, cursor, privileges, "TO")
        _touch(change, wanted)
        change.catalog = change.catalog.with_grants(change.catalog.grants | wanted)
        return
    _require_system(privileges)
    change.require_dba()
    for user in _grantees(change, cursor, "TO"):
        change.catalog = change.catalog.with_user(
            replace(user, privileges=user.privileges | set(privileges))
        )


def revoke(change: Change, cursor: Cursor) -> None:
    privileges = cursor.listed(lambda: _privilege(cursor))
    if cursor.accept("ON"):
        gone = _on_object(change, cursor, privileges, "FROM")
        if not gone & change.catalog.grants:
            raise OraError(1927, "cannot REVOKE privileges you did not grant")
        _touch(change, gone)
        change.catalog = change.catalog.with_grants(change.catalog.grants - gone)
        return
    _require_system(privileges)
    change.require_dba()
    for user in _grantees(change, cursor, "FROM"):
        for name in privileges:
            if name not in user.privileges:
                raise OraError(1952, f"system privileges not granted to '{user.name}'")
        change.catalog = change.catalog.with_user(
            replace(user, privileges=user.privileges - set(privileges))
        )


def _privilege(cursor: Cursor) -> str:
    words = []
    while cursor.token.kind is TokenKind.WORD and not cursor.at_any("TO", "ON", "FROM"):
        words.append(cursor.advance().value)
    if cursor.at("("):
        raise cursor.unsupported("rights on single columns")
    return " ".join(words)


def _require_system(privileges: tuple[str, ...]) -> None:
    for name in privileges:
        if name not in _SYSTEM:
            raise OraError(990, "missing or invalid privilege")


def _on_object(
    change: Change, cursor: Cursor, privileges: tuple[str, ...], word: str
) -> frozenset[Grant]:
    name = change.follow(table_name(cursor))
    owner = change.owner(name)
    if change.catalog.find(owner, name.name) is None:
        raise no_table()
    change.catalog.require_owner(change.user, owner, name.name)
    wanted: set[str] = set()
    for privilege in privileges:
        if privilege in ("ALL", "ALL PRIVILEGES"):
            wanted |= set(_ON_OBJECTS) - {"READ"}
        elif privilege in _ON_OBJECTS:
            wanted.add(privilege.replace("READ", "SELECT"))
        else:
            raise OraError(990, "missing or invalid privilege")
    cursor.expect(word)
    names = cursor.listed(cursor.identifier)
    _no_options(cursor)
    for grantee in names:
        if grantee != PUBLIC:
            _known(change, grantee)
    return frozenset(
        Grant(grantee, owner, name.name, privilege) for grantee in names for privilege in wanted
    )


def _touch(change: Change, grants: frozenset[Grant]) -> None:
    for grant in grants:
        change.touch(grant.owner, grant.name)


def _grantees(change: Change, cursor: Cursor, word: str) -> list[User]:
    cursor.expect(word)
    names = cursor.listed(cursor.identifier)
    _no_options(cursor)
    if PUBLIC in names:
        raise cursor.unsupported("system privileges for PUBLIC")
    found = []
    for name in names:
        found.append(_known(change, name))
    return found


def _no_options(cursor: Cursor) -> None:
    if cursor.at("WITH"):
        raise cursor.unsupported("WITH GRANT OPTION and WITH ADMIN OPTION")
    if cursor.at("IDENTIFIED"):
        raise cursor.unsupported("GRANT ... IDENTIFIED BY")
    cursor.accept("CASCADE", "CONSTRAINTS")
    cursor.expect_end()
