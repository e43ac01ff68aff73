"""Column definitions and constraints, as in CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from oralite.catalog.definitions import ColumnDefinition, Constraint
from oralite.errors import OraError
from oralite.parser.cursor import Cursor, new_name
from oralite.parser.grammar import condition, expression
from oralite.parser.leaves import TableName
from oralite.parser.sources import table_name
from oralite.parser.typenames import type_name
from oralite.translate.column_values import definition
from oralite.translate.draft import Draft

#: Physical properties, which change nothing that a client can see: each with how many words or
#: numbers follow it.
_PHYSICAL = {
    "TABLESPACE": 1, "PCTFREE": 1, "PCTUSED": 1, "INITRANS": 1, "MAXTRANS": 1,
    "LOGGING": 0, "NOLOGGING": 0, "CACHE": 0, "NOCACHE": 0, "NOPARALLEL": 0,
    "NOCOMPRESS": 0, "COMPRESS": 0, "ONLINE": 0, "ENABLE": 0, "VALIDATE": 0,
    "NOMONITORING": 0, "MONITORING": 0, "VISIBLE": 0,
}  # fmt: skip


@dataclass
class Definitions:
    """What stands between the parentheses. Sequence options of identity columns by column."""

    columns: list[ColumnDefinition] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    identities: dict[str, dict[str, int]] = field(default_factory=dict)


def physical(cursor: Cursor) -> bool:
    """Step over one physical property. Return whether one stands here."""
    if cursor.at("STORAGE", "("):
        cursor.advance()
        cursor.skip_parenthesised()
        return True
    if cursor.accept("SEGMENT", "CREATION"):
        return cursor.accept("IMMEDIATE") or cursor.accept("DEFERRED")
    count = _PHYSICAL.get(cursor.token.value)
    if count is None:
        return False
    for _ in range(count + 1):
        cursor.advance()
    return True


def item(cursor: Cursor, draft: Draft, found: Definitions) -> None:
    """Read one column or one constraint."""
    if cursor.at_any("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
        found.constraints.append(_table_constraint(cursor))
    else:
        column(cursor, draft, found)


def column(cursor: Cursor, draft: Draft, found: Definitions) -> None:
    name = new_name(cursor, "column")
    for known in found.columns:
        if known.name == name:
            raise OraError(957, "duplicate column name", cursor.token.start)
    declared = definition(name, type_name(cursor), draft)
    found.columns.append(properties(cursor, declared, found))


def properties(cursor: Cursor, declared: ColumnDefinition, found: Definitions) -> ColumnDefinition:
    """Read DEFAULT, identity and constraints behind a column's type, in any order."""
    while True:
        if cursor.accept("DEFAULT"):
            on_null = cursor.accept("ON", "NULL")
            start = cursor.token.start
            expression(cursor)
            text = cursor.source(start)
            is_null = text.upper() == "NULL"
            declared = replace(declared, default=None if is_null else text, default_on_null=on_null)
            declared = replace(declared, nullable=declared.nullable and not on_null)
        elif cursor.at("GENERATED"):
            declared = _identity(cursor, declared, found)
        elif not (changed := _column_constraint(cursor, declared, found)):
            return declared
        else:
            declared = changed


def _identity(cursor: Cursor, declared: ColumnDefinition, found: Definitions) -> ColumnDefinition:
    cursor.expect("GENERATED")
    if cursor.accept("ALWAYS"):
        mode, on_null = "ALWAYS", False
    else:
        cursor.expect("BY", "DEFAULT")
        mode, on_null = "BY DEFAULT", cursor.accept("ON", "NULL")
    cursor.expect("AS")
    if not cursor.accept("IDENTITY"):
        raise cursor.unsupported("virtual columns")
    found.identities[declared.name] = {}
    if cursor.accept("("):
        found.identities[declared.name] = sequence_options(cursor)
        cursor.expect(")")
    return replace(declared, identity=mode, default_on_null=on_null, nullable=False)


#: Options of a sequence that a number follows, and those that say a number by themselves.
_NUMBERED = {
    ("START", "WITH"): "start",
    ("INCREMENT", "BY"): "increment",
    ("MINVALUE",): "least",
    ("MAXVALUE",): "greatest",
    ("CACHE",): "cached",
}
_WORDS = {"CYCLE": ("cycle", 1), "ORDER": ("is_ordered", 1), "NOCACHE": ("cached", 0)}
_DEFAULTS = ("NOCYCLE", "NOORDER", "NOMINVALUE", "NOMAXVALUE")


def sequence_options(cursor: Cursor) -> dict[str, int]:
    """Read options of a sequence, as far as they are given."""
    found: dict[str, int] = {}
    while True:
        numbered = next((words for words in _NUMBERED if cursor.accept(*words)), None)
        if numbered is not None:
            found[_NUMBERED[numbered]] = cursor.integer()
        elif cursor.at_any(*_WORDS):
            name, value = _WORDS[cursor.advance().value]
            found[name] = value
        elif cursor.at_any(*_DEFAULTS):
            cursor.advance()
        else:
            return found


def _column_constraint(
    cursor: Cursor, declared: ColumnDefinition, found: Definitions
) -> ColumnDefinition | None:
    """Return the column with one more constraint, or None if none stands here."""
    if cursor.accept("CONSTRAINT"):
        name = cursor.identifier()
    else:
        name = ""
    if cursor.accept("NOT", "NULL"):
        declared = replace(declared, nullable=False, not_null=name)
    elif cursor.accept("NULL"):
        declared = replace(declared, nullable=True, not_null="")
    elif cursor.accept("PRIMARY", "KEY"):
        declared = replace(declared, nullable=False)
        found.constraints.append(Constraint(name, "P", (declared.name,)))
    elif cursor.accept("UNIQUE"):
        found.constraints.append(Constraint(name, "U", (declared.name,)))
    elif cursor.accept("CHECK"):
        found.constraints.append(_check(cursor, name))
    elif cursor.at("REFERENCES"):
        found.constraints.append(_reference(cursor, name, (declared.name,)))
    elif name:
        raise cursor.unexpected("NOT NULL")
    else:
        return None
    _state(cursor)
    return declared


def _table_constraint(cursor: Cursor) -> Constraint:
    if cursor.accept("CONSTRAINT"):
        name = cursor.identifier()
    else:
        name = ""
    if cursor.accept("PRIMARY", "KEY"):
        found = Constraint(name, "P", cursor.parenthesised(cursor.identifier))
    elif cursor.accept("UNIQUE"):
        found = Constraint(name, "U", cursor.parenthesised(cursor.identifier))
    elif cursor.accept("CHECK"):
        found = _check(cursor, name)
    else:
        cursor.expect("FOREIGN", "KEY")
        found = _reference(cursor, name, cursor.parenthesised(cursor.identifier))
    _state(cursor)
    return found


def _check(cursor: Cursor, name: str) -> Constraint:
    cursor.expect("(")
    start = cursor.token.start
    condition(cursor)
    text = cursor.source(start)
    cursor.expect(")")
    return Constraint(name, "C", condition=text)


def _reference(cursor: Cursor, name: str, columns: tuple[str, ...]) -> Constraint:
    cursor.expect("REFERENCES")
    parent: TableName = table_name(cursor)
    if cursor.at("("):
        wanted = cursor.parenthesised(cursor.identifier)
    else:
        wanted = ()
    action = ""
    if cursor.accept("ON", "DELETE"):
        if cursor.accept("CASCADE"):
            action = "CASCADE"
        else:
            action = "SET NULL"
        if action == "SET NULL":
            cursor.expect("SET", "NULL")
    return Constraint(
        name,
        "R",
        columns,
        reference=(parent.owner or "", parent.name),
        reference_columns=wanted,
        on_delete=action,
    )


def _state(cursor: Cursor) -> None:
    """Read USING INDEX and ENABLE. Refuse what would make the constraint weaker."""
    while True:
        if cursor.accept("USING", "INDEX"):
            while physical(cursor):
                pass
        elif cursor.at_any("DISABLE", "NOVALIDATE", "DEFERRABLE", "INITIALLY", "RELY"):
            raise cursor.unsupported(f"a constraint that is {cursor.token.value}")
        elif not (
            cursor.accept("ENABLE")
            or cursor.accept("VALIDATE")
            or cursor.accept("NOT", "DEFERRABLE")
        ):
            return
