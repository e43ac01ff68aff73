"""Keys of rows as texts, compared in SQL with all their digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from oracle_cdc.changes.capture.model import Column
from oracle_cdc.changes.capture.widening import kind_of
from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.identifiers import quote

#: With years before 1, which the driver can't bring.
DATE = "SYYYY-MM-DD HH24:MI:SS"
TIMESTAMP = f"{DATE}.FF9"

Key = Sequence[str]


class Form(NamedTuple):
    """How values of a type become texts and are compared with them.

    Parameters:
        selected: the expression that gives the text, of {column}.
        bound: what compares with the column, of {bind}.
        value: text -> what is bound.
    """

    selected: str
    bound: str
    value: Callable[[str], Any] = str


NUMBER = Form("{column}", "{bind} /*number*/", Decimal)
TEXT = Form("{column}", "{bind}")
NATIONAL = Form("{column}", "{bind} /*national*/")
FORMS: Mapping[str, Form] = {
    "NUMBER": NUMBER,
    "FLOAT": NUMBER,
    "VARCHAR2": TEXT,
    "CHAR": TEXT,
    "NVARCHAR2": NATIONAL,
    "NCHAR": NATIONAL,
    "RAW": Form("RAWTOHEX({column})", "HEXTORAW({bind})"),
    "DATE": Form(f"TO_CHAR({{column}}, '{DATE}')", f"TO_DATE({{bind}}, '{DATE}')"),
    "TIMESTAMP": Form(
        f"TO_CHAR({{column}}, '{TIMESTAMP}')", f"TO_TIMESTAMP({{bind}}, '{TIMESTAMP}')"
    ),
}


@dataclass(frozen=True)
class KeySql:
    """Makes the conditions on the keys of one table, in the order of their columns."""

    columns: Sequence[Column]

    @property
    def names(self) -> Sequence[str]:
        """Return the columns as SQL takes them."""
        return [quote(column.name) for column in self.columns]

    @property
    def selected(self) -> Sequence[str]:
        """Return what is selected of each key."""
        expressions = []
        for column in self.columns:
            expressions.append(self.form(column).selected.format(column=quote(column.name)))
        return expressions

    @property
    def present(self) -> str:
        """Return the condition that a row has a key: one that no constraint keeps may be NULL."""
        return " AND ".join(f"{name} IS NOT NULL" for name in self.names)

    def form(self, column: Column) -> Form:
        return FORMS[kind_of(column)]

    def bound(self, place: int, prefix: str) -> str:
        """Return what compares with a column of the key."""
        return self.form(self.columns[place]).bound.format(bind=f":{prefix}{place}")

    def binds(self, key: Key, prefix: str) -> dict[str, Any]:
        """Return the binds of one key."""
        binds = {}
        for place, text in enumerate(key):
            binds[f"{prefix}{place}"] = self.form(self.columns[place]).value(text)
        return binds

    def equal(self, prefix: str) -> str:
        """Return the condition that a row has this key."""
        same = []
        for place, name in enumerate(self.names):
            same.append(f"{name} = {self.bound(place, prefix)}")
        return " AND ".join(same)

    def after(self, prefix: str) -> str:
        """Return the condition that a row's key is greater than this one.

        Its first part is what an index serves.
        """
        return f"{self.names[0]} >= {self.bound(0, prefix)} AND ({self.beyond(prefix, '>', '>')})"

    def until(self, prefix: str) -> str:
        """Return the condition that a row's key is this one or less."""
        return f"{self.names[0]} <= {self.bound(0, prefix)} AND ({self.beyond(prefix, '<', '<=')})"

    def beyond(self, prefix: str, operator: str, last: str) -> str:
        """Return the comparison column by column. last: how the last column is compared."""
        cases = []
        same: list[str] = []
        for place, name in enumerate(self.names):
            bound = self.bound(place, prefix)
            sign = operator
            if place == len(self.columns) - 1:
                sign = last
            cases.append(f"({' AND '.join([*same, f'{name} {sign} {bound}'])})")
            same.append(f"{name} = {bound}")
        return " OR ".join(cases)


def make_keys(columns: Sequence[Column], names: Sequence[str], shown: str) -> KeySql:
    """Return what compares the keys of a table.

    names: its keys. Raises SettingsError for a key of a type that is not compared as text.
    """
    known = {column.name: column for column in columns}
    for name in names:
        if name not in known:
            raise SettingsError(f"{shown}: it has no column {name}, which is its key")
        if kind_of(known[name]) not in FORMS:
            raise SettingsError(
                f"{shown}: a snapshot can't go by its key {name}, which is "
                f"{known[name].data_type}; allowed: {', '.join(FORMS)}"
            )
    return KeySql([known[name] for name in names])
