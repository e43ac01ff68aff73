"""The drawing of a call's states: every way that the code moves a call is on it, and no other."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import oracledb
import pytest

from oracle_cdc.conversations.rules.states import BOUND_STATES, bound_state
from oracle_cdc.conversations.statements import read_statements, render
from tests.integration.test_statements import value_of
from tests.world import PASSWORD, SOURCE, USER, World

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "oracle_cdc"
PAGE = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")

#: STATE -> its name on the page.
NAMES = {
    "OPEN": "OPEN",
    "LEASED": "LEASED",
    "SENT": "SENT",
    "SUMMARIZED": "SUMMARIZED",
    "FAILED": "FAILED",
    "REJECTED_TOO_SHORT": "REJECTED",
    "REJECTED_MISSING_CHANNEL": "REJECTED",
    None: "EMPTY",
}
NO_ROW = "none"
LONG_AGO = datetime(2020, 1, 1)

#: What changes a call's STATE: a row that comes or goes, or an assignment.
CHANGES_ROWS = re.compile(r"^\s*(INSERT INTO|DELETE FROM|MERGE INTO)\s+CDC_PROCESSED_CALLS\b", re.I)
CHANGES_STATE = re.compile(
    r"^\s*UPDATE\s+CDC_PROCESSED_CALLS\b.*?(\bSET|,)\s+STATE\s*=", re.IGNORECASE | re.DOTALL
)

Way = tuple[str, str]


def moving_statements() -> list[str]:
    """Return the statements that can move a call."""
    found = []
    for name, sql in read_statements().items():
        if CHANGES_ROWS.search(sql) or CHANGES_STATE.search(sql):
            found.append(name)
    return found


class Ledger:
    """One row of the ledger, put into each state, and what a statement makes of it."""

    def __init__(self, world: World) -> None:
        self.cursor = world.connect(USER, PASSWORD).cursor()
        self.texts = render(SOURCE, None).texts

    def ways(self, name: str) -> Iterator[Way]:
        """Yield each way that a statement moves the row, with every state that Python may bind."""
        states = [NO_ROW, *NAMES]
        for before, answered, bound in itertools.product(
            states, (None, 1), BOUND_STATES.get(name, {None})
        ):
            self.put(before, answered)
            was = self.look()
            if not self.execute(name, bound):
                continue
            now = self.look()
            if now != was:
                yield was[0], now[0]

    def put(self, state: str | None, answered: int | None) -> None:
        """Put the row into a state, with or without an answer, everything due and old."""
        self.cursor.execute("DELETE FROM CDC_PROCESSED_CALLS")
        if state == NO_ROW:
            return
        self.cursor.execute(
            "INSERT INTO CDC_PROCESSED_CALLS (CALL_ID, STATE, REVISION, SENT_REVISION, "
            "SUMMARIZED_REVISION, VERSION, PROCESSED_AT, NEWEST_READ, DUE_AT, SENT_AT, "
            "LEASE_TOKEN) "
            "VALUES ('1', :state, 1, 1, :answered, 1, :ago, :ago, :ago, :ago, '1')",
            {"state": state, "answered": answered, "ago": LONG_AGO},
        )

    def look(self) -> tuple[str, int]:
        """Return the row's state by its name on the page, and its version."""
        self.cursor.execute("SELECT STATE, VERSION FROM CDC_PROCESSED_CALLS")
        row = self.cursor.fetchone()
        return (NAMES[row[0]], row[1]) if row else (NO_ROW, 0)

    def execute(self, name: str, bound: str | None) -> bool:
        """Return whether the statement changed a row. It may find one that it would insert."""
        sql = self.texts[name]
        binds: dict[str, object] = {}
        for bind in re.findall(r":(\w+)", sql):
            binds[bind] = bound if bind == "state" else value_of(bind)
        try:
            self.cursor.execute(sql, binds)
        except oracledb.IntegrityError:
            return False
        return self.cursor.rowcount > 0


def table() -> dict[str, set[Way]]:
    """Return each statement's ways, by the page's table."""
    ways: dict[str, set[Way]] = {}
    for before, after, statement in re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| `(\w+)` \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE
    ):
        pairs = itertools.product(before.split(", "), after.split(", "))
        ways.setdefault(statement, set()).update(pairs)
    return ways


def functions() -> dict[str, set[str]]:
    """Return the functions that run each statement, by the page's table."""
    named: dict[str, set[str]] = {}
    for statement, names in re.findall(
        r"^\| [^|]+ \| [^|]+ \| `(\w+)` \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE
    ):
        named.setdefault(statement, set()).update(re.findall(r"`(\w+)`", names))
    return named


def drawing() -> set[Way]:
    """Return the ways by the drawing. An arrow from a group goes from each of its states."""
    (text,) = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
    groups = {}
    for group, members in re.findall(r"state (\w+) \{(.*?)\}", text, re.DOTALL):
        groups[group] = members.split()
    ways = set()
    for before, after in re.findall(r"^\s*(\S+) --> (\S+?):", text, re.MULTILINE):
        end = NO_ROW if after == "[*]" else after
        for start in groups.get(before, [before]):
            ways.add((NO_ROW if start == "[*]" else start, end))
    return ways


def test_every_way_that_a_statement_moves_a_call_is_in_the_table_and_no_other(world: World) -> None:
    ledger = Ledger(world)

    found = {}
    for name in moving_statements():
        found[name] = set(ledger.ways(name))

    assert found == table()


def test_the_drawing_and_the_table_show_the_same_ways() -> None:
    assert drawing() == set().union(*table().values())


def test_the_table_names_the_functions_that_run_each_statement() -> None:
    found: dict[str, set[str]] = {}
    for name in moving_statements():
        found[name] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for name in statements_run_by(node) & found.keys():
                    found[name].add(node.name)

    assert found == functions()


def statements_run_by(function: ast.FunctionDef) -> set[str]:
    """Return the statements that a function gives to a session, or yields to who does."""
    names = set()
    for node in ast.walk(function):
        first: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            names.add(first.value)
    return names


def test_nothing_but_the_named_statements_changes_the_ledger() -> None:
    named = {*PACKAGE.rglob("*.sql")} - {*(PACKAGE / "demo").rglob("*.sql")}
    changing = re.compile(r"\b(INTO|UPDATE|DELETE FROM)\s+(\{user\}\.)?CDC_PROCESSED_CALLS\b", re.I)

    elsewhere = []
    for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")]:
        if path not in named and changing.search(path.read_text(encoding="utf-8")):
            elsewhere.append(path.name)

    assert elsewhere == []


def test_a_state_is_never_bound_past_the_list_of_those_that_a_statement_writes() -> None:
    bound = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                bound.update(ways_of_binding(node, path.name))

    assert bound == {"bound_state"}


def ways_of_binding(node: ast.Dict, file: str) -> Iterator[str]:
    """Yield how the values of `state` come about in a dictionary of binds."""
    if '"call_id":' not in ast.unparse(node).replace("'", '"'):
        return
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "state":
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
                yield value.func.id
            else:
                yield f"{file}: {ast.unparse(value)}"


def test_each_statement_that_takes_a_state_says_which_it_may_be() -> None:
    taking = set()
    for name in moving_statements():
        if ":state" in read_statements()[name]:
            taking.add(name)

    assert taking == BOUND_STATES.keys()


@pytest.mark.parametrize("statement", BOUND_STATES)
def test_a_state_that_a_statement_must_not_write_is_refused(statement: str) -> None:
    with pytest.raises(ValueError, match="must not make a call SENT"):
        bound_state(statement, "SENT")
