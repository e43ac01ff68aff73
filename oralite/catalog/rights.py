"""Users, what they may do, and how many sessions they may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from oralite.catalog.definitions import (
    DEFAULT_LIMIT,
    DEFAULT_PROFILE,
    PUBLIC,
    UNLIMITED,
    Grant,
    Profile,
    User,
)
from oralite.errors import OraError

#: What each system privilege or role stands for.
ROLES = {
    "CONNECT": frozenset({"CREATE SESSION"}),
    "RESOURCE": frozenset({"CREATE TABLE", "CREATE SEQUENCE", "CREATE VIEW", "CREATE TRIGGER"}),
    "DBA": frozenset({"CREATE SESSION", "CREATE TABLE", "CREATE SEQUENCE", "CREATE VIEW", "ANY"}),
}
_PROFILES = {DEFAULT_PROFILE: Profile(DEFAULT_PROFILE, UNLIMITED)}


@dataclass(frozen=True, eq=False)
class Rights:
    """All users with their system privileges, the grants of objects, and the profiles."""

    users: Mapping[str, User] = field(default_factory=dict)
    grants: frozenset[Grant] = field(default_factory=frozenset)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: _PROFILES)

    def sessions_per_user(self, user: str) -> str:
        """Return a number as text, or UNLIMITED."""
        limit = self.profiles[self.users[user].profile].sessions_per_user
        if limit == DEFAULT_LIMIT:
            return self.profiles[DEFAULT_PROFILE].sessions_per_user
        return limit

    def system_privileges(self, user: str) -> frozenset[str]:
        return self._system_privileges.get(user, frozenset())

    @cached_property
    def _system_privileges(self) -> Mapping[str, frozenset[str]]:
        """Return those of all users: each statement asks, and a view of the dictionary each row."""
        found: dict[str, frozenset[str]] = {}
        for name, user in self.users.items():
            implied = [ROLES.get(granted, frozenset()) for granted in user.privileges]
            found[name] = user.privileges.union(*implied)
        return found

    def has(self, user: str, privilege: str) -> bool:
        privileges = self.system_privileges(user)
        return "ANY" in privileges or privilege in privileges

    def object_privileges(self, user: str, owner: str, name: str) -> frozenset[str]:
        """Return what the user, or PUBLIC, was granted on a thing."""
        found = []
        for grant in self._grants_by_thing.get((owner, name), ()):
            if grant.grantee in (user, PUBLIC):
                found.append(grant.privilege)
        return frozenset(found)

    @cached_property
    def _grants_by_thing(self) -> Mapping[tuple[str, str], list[Grant]]:
        """Return the grants by owner and name: a view of the dictionary asks for each row."""
        found: dict[tuple[str, str], list[Grant]] = {}
        for grant in self.grants:
            found.setdefault((grant.owner, grant.name), []).append(grant)
        return found

    def require_owner(self, user: str, owner: str, name: str) -> None:
        """Let only the owner and a DBA change what a thing is. Raises ORA-00942 or ORA-01031."""
        if user == owner or self.has(user, "ANY"):
            return
        if self.object_privileges(user, owner, name):
            raise OraError(1031, "insufficient privileges")
        raise no_table()

    def require(self, user: str, owner: str, name: str, privilege: str) -> None:
        """Refuse what the user has no right to do with a thing.

        Raises ORA-01031 where he has another right on it, and ORA-00942 where he has none.
        """
        if user == owner or self.has(user, "ANY") or self.has(user, f"{privilege} ANY TABLE"):
            return
        granted = self.object_privileges(user, owner, name)
        if privilege in granted:
            return
        if granted:
            raise OraError(1031, "insufficient privileges")
        raise no_table()


def no_table() -> OraError:
    return OraError(942, "table or view does not exist")
