"""What is written meanwhile: transactions of every kind, each writer's on rows of its own.

A few rows are changed by all writers, who wait for each other there.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from oracle_cdc.changes.rules.table_models import JsonType, ModelColumn
from oracle_cdc.demo.changes import statements
from oracle_cdc.demo.changes.canaries import Canaries
from oracle_cdc.demo.changes.kinds import kind_of, shape_of, write_date
from oracle_cdc.demo.changes.statements import Key, Row, Statement
from oracle_cdc.demo.changes.tables import BEFORE, LARGE_COLUMN, LARGE_TABLE, MEMBER, Table

DEFAULT_CHANGES = 1000
#: So that everything is among them.
FEWEST_CHANGES = 200
WRITERS = 4

CHANGES_PER_SECOND = 80
SHORTEST_SECONDS, LONGEST_SECONDS = 6.0, 12.0
MOST_STATEMENTS = 3
MOST_ROWS = 5
#: Of a writer's transactions one in this number is committed late, and one is rolled back.
LATE_EVERY, ROLLED_BACK_EVERY = 12, 9
LATE_PLACE, ROLLED_BACK_PLACE = 4, 6
LATE_SECONDS = (1.0, 3.0)
#: The parts of the changes after which the others wait until AWS is away, and until the kill.
AWAY_FROM, KILL_FROM = 0.35, 0.7
#: Of optional values, which are NULL.
NULL_RATE = 0.15
#: More than an event may have, and less than a record of the stream.
TOO_LARGE_CHARACTERS = 1_300_000
TOO_LARGE_PLACES = (3, 11)
HOT_ROWS, OTHER_ROWS_BEFORE = 5, 20
#: A writer's keys begin here, as numbers.
KEYS_OF_A_WRITER = 1_000_000


class Moment(str, Enum):
    """What happens to the system, and writers wait for."""

    AWAY = "AWS is away"
    KILLED = "the service is killed"


@dataclass(frozen=True)
class Transaction:
    """Statements that are committed together, or rolled back.

    Parameters:
        begin_seconds: when it begins, from the start, unless its writer is still busy.
        late_seconds: how long it then stays open.
        waits_for: what must have happened to the system before it begins.
    """

    begin_seconds: float
    statements: Sequence[Statement]
    late_seconds: float = 0.0
    is_rolled_back: bool = False
    waits_for: Moment | None = None

    @property
    def change_count(self) -> int:
        """Return how many events it makes."""
        if self.is_rolled_back:
            return 0
        return sum(statement.change_count for statement in self.statements)


class Author:
    """Makes the statements of one writer, who knows which of its rows there are."""

    def __init__(
        self, number: int, tables: Sequence[Table], canaries: Canaries, chance: random.Random
    ) -> None:
        self.number = number
        self.tables = tables
        self.canaries = canaries
        self.chance = chance
        self.counter = itertools.count(1)
        self.live: dict[str, list[Key]] = {table.name: [] for table in tables}
        self.ways: Sequence[Callable[[Table], Statement]] = (
            self.insert,
            self.update,
            self.update,
            self.update_together,
            self.delete,
            self.move,
            self.merge,
        )

    def write(self) -> list[Statement]:
        """Return the statements of a transaction, which may end with a row of all writers."""
        written = []
        for _ in range(self.chance.randint(1, MOST_STATEMENTS)):
            table = self.chance.choice(self.tables)
            way = self.chance.choice(self.ways)
            if not self.live[table.name]:
                way = self.insert
            written.append(way(table))
        if self.chance.random() < 1 / MOST_STATEMENTS:
            written.append(self.update_hot())
        return written

    def insert(self, table: Table) -> Statement:
        rows = [self.make_row(table) for _ in range(self.chance.randint(1, MOST_ROWS))]
        for row in rows:
            self.live[table.name].append(key_of(table, row))
        return statements.insert(table, rows)

    def update(self, table: Table) -> Statement:
        keys = self.choose(table)
        columns = self.choose_columns(table)
        changes = [self.make_values(table, columns) for _ in keys]
        return statements.update(table, keys, changes)

    def update_together(self, table: Table) -> Statement:
        columns = self.choose_columns(table)
        return statements.update_together(
            table, self.choose(table), self.make_values(table, columns)
        )

    def delete(self, table: Table) -> Statement:
        keys = self.choose(table)
        for key in keys:
            self.live[table.name].remove(key)
        return statements.delete(table, keys)

    def move(self, table: Table) -> Statement:
        key = self.chance.choice(self.live[table.name])
        new_key = self.make_key(table)
        self.live[table.name].remove(key)
        self.live[table.name].append(new_key)
        return statements.move(table, key, new_key)

    def merge(self, table: Table) -> Statement:
        """Return a MERGE that finds its row as often as not."""
        row = self.make_row(table)
        if self.chance.random() < 1 / 2:
            row = {**row, **self.chance.choice(self.live[table.name])}
        else:
            self.live[table.name].append(key_of(table, row))
        return statements.merge(table, row)

    def insert_too_large(self, table: Table) -> Statement:
        row = {**self.make_row(table), LARGE_COLUMN: "x" * TOO_LARGE_CHARACTERS}
        self.live[table.name].append(key_of(table, row))
        return statements.insert(table, [row])

    def update_hot(self) -> Statement:
        (table,) = (table for table in self.tables if table.name == BEFORE)
        key = {"agent_id": self.chance.randint(1, HOT_ROWS)}
        columns = self.choose_columns(table)
        return statements.update(table, [key], [self.make_values(table, columns)])

    def choose(self, table: Table) -> list[Key]:
        """Return some rows that are there."""
        live = self.live[table.name]
        return self.chance.sample(live, min(len(live), self.chance.randint(1, MOST_ROWS)))

    def choose_columns(self, table: Table) -> Sequence[ModelColumn]:
        """Return some columns that are no keys."""
        most = min(3, len(table.others))
        return self.chance.sample(table.others, self.chance.randint(1, most))

    def make_row(self, table: Table) -> Row:
        return {**self.make_key(table), **self.make_values(table, table.others)}

    def make_values(self, table: Table, columns: Sequence[ModelColumn]) -> Row:
        return {column.name: self.make_value(table, column) for column in columns}

    def make_value(self, table: Table, column: ModelColumn) -> object:
        """Return a value of a column, NULL at times, and a canary where it must not be seen."""
        if column.is_nullable and self.chance.random() < NULL_RATE:
            return None
        if table.has_canaries(column):
            return self.canaries.make()
        if table.is_note(column):
            return f"paid with {self.canaries.make_card()}, תודה"
        if table.is_document(column):
            return self.make_document(has_secret=table.has_secret_member(column))
        return kind_of(column.oracle_type).make(shape_of(column.oracle_type), self.chance)

    def make_document(self, *, has_secret: bool) -> str:
        """Return a text of JSON whose numbers have more digits than a float keeps."""
        document: dict[str, object] = {
            "מצב": "פתוח \U0001f600",
            "amount": self.chance.getrandbits(80),
        }
        if has_secret:
            document["payment"] = [{MEMBER: self.canaries.make()}]
        return json.dumps(document, ensure_ascii=False)

    def make_key(self, table: Table) -> Key:
        """Return a key that no row has, nor had."""
        number = self.number * KEYS_OF_A_WRITER + next(self.counter)
        return {column.name: self.make_key_part(column, number) for column in table.keys}

    def make_key_part(self, column: ModelColumn, number: int) -> object:
        shape = shape_of(column.oracle_type)
        if column.json_type in (JsonType.INTEGER, JsonType.NUMBER_AS_TEXT):
            return number
        if column.json_type is JsonType.BASE64:
            return number.to_bytes(shape.length or 1, "big")
        if column.json_type is JsonType.TIME_AS_TEXT:
            if column.oracle_type == "DATE":
                return write_date(number)
            return f"{write_date(number)}.0"
        if column.oracle_type.startswith("CHAR"):
            return str(number)[-(shape.length or 1) :].ljust(shape.length or 1)
        return f"מפתח-{number}"


def key_of(table: Table, row: Row) -> Key:
    return {name: row[name] for name in table.model.keys}


def make_rows_before(
    tables: Sequence[Table], canaries: Canaries, chance: random.Random
) -> Statement:
    """Return what is there before anything is captured: rows that nobody else inserts."""
    (table,) = (table for table in tables if table.name == BEFORE)
    author = Author(0, tables, canaries, chance)
    rows = []
    for number in range(1, HOT_ROWS + OTHER_ROWS_BEFORE + 1):
        rows.append({**author.make_row(table), "agent_id": number})
    return statements.insert(table, rows)


def make_transactions(
    tables: Sequence[Table],
    count: int,
    canaries: Canaries,
    chance: random.Random,
    seconds: float | None = None,
) -> list[list[Transaction]]:
    """Return the transactions of each writer, in the order in which they begin.

    Parameters:
        count: of changes that they make, at least.
        seconds: in which all begin.
    """
    if seconds is None:
        seconds = min(max(count / CHANGES_PER_SECOND, SHORTEST_SECONDS), LONGEST_SECONDS)
    each = -(-count // WRITERS)
    work = []
    for number in range(1, WRITERS + 1):
        author = Author(number, tables, canaries, chance)
        work.append(write_all(author, each, seconds))
    return work


def write_all(author: Author, count: int, seconds: float) -> list[Transaction]:
    """Return what one writer does, until it has made as many changes."""
    transactions: list[Transaction] = []
    made = 0
    while made < count or len(transactions) <= TOO_LARGE_PLACES[-1]:
        transaction = make_transaction(author, len(transactions))
        part = min(made / count, 1.0)
        transaction = replace(
            transaction, begin_seconds=seconds * part, waits_for=choose_moment(part)
        )
        transactions.append(transaction)
        made += transaction.change_count
    return transactions


def choose_moment(part: float) -> Moment | None:
    """Return what must have happened before a part of the changes."""
    if part >= KILL_FROM:
        return Moment.KILLED
    if part >= AWAY_FROM:
        return Moment.AWAY
    return None


def make_transaction(author: Author, place: int) -> Transaction:
    """Return the transaction at a place among those of its writer."""
    if place % ROLLED_BACK_EVERY == ROLLED_BACK_PLACE:
        live = copy.deepcopy(author.live)
        transaction = Transaction(0.0, author.write(), is_rolled_back=True)
        author.live = live
        return transaction
    written = author.write()
    if place in TOO_LARGE_PLACES and author.number == 1:
        (table,) = (table for table in author.tables if table.name == LARGE_TABLE)
        written = [author.insert_too_large(table), *written]
    late_seconds = 0.0
    if place % LATE_EVERY == LATE_PLACE:
        late_seconds = author.chance.uniform(*LATE_SECONDS)
    return Transaction(0.0, written, late_seconds)
