"""What gathers while one statement is translated: the binds it uses, tables, rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import Table
from oralite.errors import NotSupported
from oralite.model import BindType, SqlType
from oralite.translate.plan import RenewalPlan
from oralite.translate.typed import Origin, Typed, typed


@dataclass
class Draft:
    """What gathers while one statement is translated.

    schema: where unqualified names are looked for.

    user: whose rights count. Both change inside a view.
    """

    sql: str
    catalog: Catalog
    schema: str
    user: str
    types: Sequence[BindType] = ()
    dictionary: set[str] = field(default_factory=set)
    short_binds: set[int] = field(default_factory=set)
    tables: list[Table] = field(default_factory=list)
    renewal: RenewalPlan | None = None
    _aliases: int = 0

    def bind(self, index: int, *, long: bool = False) -> Typed:
        """Return a bind.

        long: it stands where Oracle takes more than 4000 bytes (a column's new value).
        """
        if index >= len(self.types):
            return typed(f"?{index + 1}", SqlType.VARCHAR2)
        kind = self.types[index].type
        if not long and kind is not SqlType.CLOB:
            self.short_binds.add(index)
        found = typed(f"?{index + 1}", kind)
        if kind in (SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ):
            scale = 9
        else:
            scale = found.scale
        return Typed(
            found.sql, kind, found.size, scale=scale, origin=Origin.BIND, detail=str(index)
        )

    def alias(self) -> str:
        """Return an alias that nothing else in this statement has, so that nesting never hides a
        name.
        """
        self._aliases += 1
        return f"s{self._aliases}"

    def unsupported(self, what: str) -> NotSupported:
        return NotSupported(what, self.sql)
