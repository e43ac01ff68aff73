"""The data dictionary: an immutable picture of all schemas, replaced as a whole by each DDL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from oralite.catalog.definitions import (
    DEFAULT_LIMIT,
    DEFAULT_PROFILE,
    PUBLIC,
    SYS,
    UNLIMITED,
    Grant,
    Index,
    Profile,
    SchemaObject,
    Sequence,
    Synonym,
    Table,
    User,
    View,
)
from oralite.errors import OraError

#: What each system privilege or role stands for.
ROLES = {
    "CONNECT": frozenset({"CREATE SESSION"}),
    "RESOURCE": frozenset({"CREATE TABLE", "CREATE SEQUENCE", "CREATE VIEW"}),
    "DBA": frozenset({"CREATE SESSION", "CREATE TABLE", "CREATE SEQUENCE", "CREATE VIEW", "ANY"}),
}
_PROFILES = {DEFAULT_PROFILE: Profile(DEFAULT_PROFILE, UNLIMITED)}


@dataclass(frozen=True, eq=False)
class Catalog:
    """version changes with each DDL, GRANT and REVOKE, so that plans made for an older one are not
    used.
    """

    version: int = 0
    next_number: int = 100
    objects: Mapping[tuple[str, str], SchemaObject] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    grants: frozenset[Grant] = field(default_factory=frozenset)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: _PROFILES)

    def with_object(self, thing: SchemaObject) -> Catalog:
        objects = {**self.objects, (thing.owner, thing.name): thing}
        return replace(
            self,
            version=self.version + 1,
            objects=objects,
            next_number=max(self.next_number, thing.number + 1),
        )

    def without_object(self, owner: str, name: str) -> Catalog:
        objects = {}
        for key, thing in self.objects.items():
            if key != (owner, name):
                objects[key] = thing
        grants = frozenset(
            grant for grant in self.grants if (grant.owner, grant.name) != (owner, name)
        )
        return replace(self, version=self.version + 1, objects=objects, grants=grants)

    def with_user(self, user: User) -> Catalog:
        return replace(
            self,
            version=self.version + 1,
            users={**self.users, user.name: user},
            next_number=max(self.next_number, user.number + 1),
        )

    def without_user(self, name: str) -> Catalog:
        users = {}
        for key, user in self.users.items():
            if key != name:
                users[key] = user
        grants = frozenset(
            grant for grant in self.grants if name not in (grant.grantee, grant.owner)
        )
        return replace(self, version=self.version + 1, users=users, grants=grants)

    def with_grants(self, grants: frozenset[Grant]) -> Catalog:
        return replace(self, version=self.version + 1, grants=grants)

    def with_profile(self, profile: Profile) -> Catalog:
        return replace(
            self, version=self.version + 1, profiles={**self.profiles, profile.name: profile}
        )

    def without_profile(self, name: str) -> Catalog:
        """Return the catalog without it. Its users have the default one then."""
        freed = {}
        for key, user in self.users.items():
            if user.profile == name:
                freed[key] = replace(user, profile=DEFAULT_PROFILE)
        profiles = {key: profile for key, profile in self.profiles.items() if key != name}
        return replace(
            self, version=self.version + 1, users={**self.users, **freed}, profiles=profiles
        )

    def sessions_per_user(self, user: str) -> str:
        """Return a number as text, or UNLIMITED."""
        limit = self.profiles[self.users[user].profile].sessions_per_user
        if limit == DEFAULT_LIMIT:
            return self.profiles[DEFAULT_PROFILE].sessions_per_user
        return limit

    def find(self, owner: str, name: str) -> SchemaObject | None:
        return self.objects.get((owner, name))

    def follow(self, owner: str | None, name: str, schema: str) -> tuple[str | None, str]:
        """Give the owner and name that a name stands for, as written where no synonym has it.

        Without an owner, what the schema has goes before a public synonym. Raises ORA-00980 for a
        synonym of nothing and ORA-01775 for one that leads back to itself.
        """
        place = (owner or schema, name)
        if owner is None and place not in self.objects:
            place = (PUBLIC, name)
        if not isinstance(self.objects.get(place), Synonym):
            return owner, name
        passed = set()
        while isinstance(found := self.objects.get(place), Synonym):
            if place in passed:
                raise OraError(1775, "looping chain of synonyms")
            passed.add(place)
            place = found.target
        if found is None and place[0] != SYS:
            raise OraError(980, "synonym translation is no longer valid")
        return place

    def table(self, owner: str, name: str) -> Table:
        """Raises ORA-00942."""
        found = self.find(owner, name)
        if not isinstance(found, Table):
            raise no_table()
        return found

    def sequence(self, owner: str, name: str) -> Sequence:
        """Raises ORA-02289."""
        found = self.find(owner, name)
        if not isinstance(found, Sequence):
            raise OraError(2289, "sequence does not exist")
        return found

    def by_stored_name(self) -> Mapping[str, Table]:
        """Return the tables by the names that SQLite knows them by."""
        return _stored_names(self)

    def tables(self) -> Iterator[Table]:
        for thing in self.objects.values():
            if isinstance(thing, Table):
                yield thing

    def views(self) -> Iterator[View]:
        for thing in self.objects.values():
            if isinstance(thing, View):
                yield thing

    def sequences(self) -> Iterator[Sequence]:
        for thing in self.objects.values():
            if isinstance(thing, Sequence):
                yield thing

    def synonyms(self) -> Iterator[Synonym]:
        for thing in self.objects.values():
            if isinstance(thing, Synonym):
                yield thing

    def index(self, owner: str, name: str) -> tuple[Table, Index] | None:
        for table in self.tables():
            for index in table.indexes:
                if (index.owner, index.name) == (owner, name):
                    return table, index
        return None

    def system_privileges(self, user: str) -> frozenset[str]:
        known = self.users.get(user)
        if known:
            granted = known.privileges
        else:
            granted = frozenset()
        return granted.union(*(ROLES.get(name, frozenset()) for name in granted))

    def has(self, user: str, privilege: str) -> bool:
        privileges = self.system_privileges(user)
        return "ANY" in privileges or privilege in privileges

    def object_privileges(self, user: str, owner: str, name: str) -> frozenset[str]:
        """Return what the user was granted on it, directly or through PUBLIC."""
        found = []
        for grant in self.grants:
            if grant.grantee in (user, PUBLIC) and (grant.owner, grant.name) == (owner, name):
                found.append(grant.privilege)
        return frozenset(found)

    def require_owner(self, user: str, owner: str, name: str) -> None:
        """Let only the owner and a DBA change what a thing is. Raises ORA-00942 or ORA-01031."""
        if user == owner or self.has(user, "ANY"):
            return
        if self.object_privileges(user, owner, name):
            raise OraError(1031, "insufficient privileges")
        raise no_table()

    def require(self, user: str, owner: str, name: str, privilege: str) -> None:
        """Raises ORA-00942 if the user may not even know of it, ORA-01031 if he may do other things
        with it.
        """
        if user == owner or self.has(user, "ANY") or self.has(user, f"{privilege} ANY TABLE"):
            return
        granted = self.object_privileges(user, owner, name)
        if privilege in granted:
            return
        if granted:
            raise OraError(1031, "insufficient privileges")
        raise no_table()


_NAMES: WeakKeyDictionary[Catalog, Mapping[str, Table]] = WeakKeyDictionary()


def _stored_names(catalog: Catalog) -> Mapping[str, Table]:
    found = _NAMES.get(catalog)
    if found is None:
        found = _NAMES[catalog] = {
            f"{table.owner}.{table.name}": table for table in catalog.tables()
        }
    return found


def no_table() -> OraError:
    return OraError(942, "table or view does not exist")
