"""The data dictionary: an immutable picture of all schemas, replaced as a whole by each DDL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from oralite.catalog.definitions import (
    DEFAULT_PROFILE,
    PUBLIC,
    SYS,
    Grant,
    Index,
    Profile,
    SchemaObject,
    Sequence,
    Synonym,
    Table,
    Trigger,
    User,
    View,
)
from oralite.catalog.rights import no_table
from oralite.catalog.triggers import Triggers
from oralite.errors import OraError


@dataclass(frozen=True, eq=False)
class Catalog(Triggers):
    """All schemas at one moment.

    version changes with each DDL, GRANT and REVOKE, so that plans made for an older one are not
    used.
    """

    version: int = 0
    next_number: int = 100
    objects: Mapping[tuple[str, str], SchemaObject] = field(default_factory=dict)

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
        pieces = []
        for grant in self.grants:
            if (grant.owner, grant.name) != (owner, name):
                pieces.append(grant)
        grants = frozenset(pieces)
        return replace(self, version=self.version + 1, objects=objects, grants=grants)

    def with_trigger(self, trigger: Trigger) -> Catalog:
        triggers = {**self.triggers, (trigger.owner, trigger.name): trigger}
        following = max(self.next_number, trigger.number + 1)
        return replace(self, version=self.version + 1, triggers=triggers, next_number=following)

    def without_trigger(self, trigger: Trigger) -> Catalog:
        triggers = dict(self.triggers)
        del triggers[trigger.owner, trigger.name]
        return replace(self, version=self.version + 1, triggers=triggers)

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
        pieces = []
        for grant in self.grants:
            if name not in (grant.grantee, grant.owner):
                pieces.append(grant)
        grants = frozenset(pieces)
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

    def find(self, owner: str, name: str) -> SchemaObject | None:
        return self.objects.get((owner, name))

    def follow(self, owner: str | None, name: str, schema: str) -> tuple[str | None, str]:
        """Return what a name stands for: owner and name, as written where it is no synonym.

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
        """Return a table. Raises ORA-00942."""
        found = self.find(owner, name)
        if not isinstance(found, Table):
            raise no_table()
        return found

    def sequence(self, owner: str, name: str) -> Sequence:
        """Return a sequence. Raises ORA-02289."""
        found = self.find(owner, name)
        if not isinstance(found, Sequence):
            raise OraError(2289, "sequence does not exist")
        return found

    @cached_property
    def by_stored_name(self) -> Mapping[str, Table]:
        """Return the tables by the names that SQLite knows them by."""
        return {table.plain_stored_name: table for table in self.tables()}

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
