"""The triggers of all schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oralite.catalog.definitions import Table, Trigger
from oralite.catalog.rights import Rights


@dataclass(frozen=True, eq=False)
class Triggers(Rights):
    """Triggers by owner and name, a space of names of their own: one may be called as a table."""

    triggers: Mapping[tuple[str, str], Trigger] = field(default_factory=dict)

    def triggers_on(self, table: Table, event: str) -> list[Trigger]:
        """Return the enabled triggers that an event fires on a table's rows."""
        found = []
        for trigger in self.triggers.values():
            is_on_it = trigger.table == (table.owner, table.name)
            if is_on_it and trigger.event == event and trigger.is_enabled:
                found.append(trigger)
        return found
