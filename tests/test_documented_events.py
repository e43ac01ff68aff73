"""docs/events.md says what the code does: the message, the tables, what is said of failures."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

import pymysql
import pytest
from nats.errors import Error
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError, ServiceUnavailableError

from oracle_cdc.errors import CdcError, OracleConfigurationError, StoreConfigurationError
from oracle_cdc.events.rules.encoding import Encoder
from oracle_cdc.events.rules.subjects import Subjects
from oracle_cdc.mariadb.tables import Problem, create_tables, read_tables_text
from oracle_cdc.mariadb.translation import translate_error
from oracle_cdc.mariadb.watermarks import read_mark
from oracle_cdc.nats.outcomes import Finding, Outcomes
from oracle_cdc.nats.stream import facts_of, require_subject
from oracle_cdc.nats.translation import (
    DENIED,
    SILENCE,
    UNHEARD,
    Refused,
    sort_connect_error,
    sort_refusal,
    sort_request_error,
)
from oracle_cdc.oracle.row_shape import Findings, RowNames, find_column, find_shape
from oracle_cdc.relay.values import Event, Row
from tests import documents

PAGE = documents.read("docs/events.md")
MOMENT = datetime(2026, 11, 26, 19, 50, 37, 677408)
#: The row of the page, as the driver brings it.
VALUES = {
    "ID": "7",
    "CASE_ID": "A-1007",
    "EVENT_TYPE": "OPENED",
    "EVENT_DATA": "שלום",
    "EVENT_TIMESTAMP": None,
    "CREATED_AT": MOMENT,
}


def made(subject: str = "txlog.events", **values: object) -> Event:
    encode = Encoder(
        "M_INTIMECASEAGENT",
        "TXLOG",
        columns=tuple(VALUES),
        numbers={"ID"},
        subjects=Subjects(subject, tuple(VALUES)),
    )
    return encode(Row(MOMENT, "7", tuple({**VALUES, **values}.values())))


def test_the_message_of_the_page_is_what_its_row_becomes() -> None:
    (shown,) = documents.blocks(PAGE, "json")
    assert shown == made().body.decode()


def test_the_headers_of_the_page_are_those_of_its_row() -> None:
    section = documents.section("docs/events.md", "### Headers")
    shown = {}
    for name, value, _ in documents.rows(section):
        shown[name.strip("`")] = value.strip("`")
    event = made()
    assert shown.pop("Nats-Msg-Id") == event.id
    assert shown.pop("Nats-Expected-Stream") == "TXLOG_STREAM"
    assert shown == event.headers


@pytest.mark.parametrize(
    ("value", "subject"), [("OPENED", "txlog.events.OPENED"), (None, "txlog.events._")]
)
def test_the_subjects_of_the_page_are_those_of_its_row(value: object, subject: str) -> None:
    assert f"`{subject}`" in documents.section("docs/events.md", "### Subject")
    assert made("txlog.events.{EVENT_TYPE}", EVENT_TYPE=value).route == subject


@pytest.mark.parametrize("table", ["ETL_PRMREC", "ETL_SLICES", "ETL_SET_ASIDE"])
def test_the_page_has_every_column_with_its_type(table: str) -> None:
    made = re.search(rf"EXISTS {table} \(\n(.*?)\n\)", read_tables_text(), re.DOTALL)
    assert made
    written = re.findall(r"^\s+([A-Z_]+) ([A-Z]+(?:\(\d+\))?)", made[1], re.MULTILINE)
    section = documents.section("docs/events.md", f"### {table}")
    shown = re.findall(r"^\| `(\w+)` \| (\S+) \|", section, re.MULTILINE)
    assert shown == [column for column in written if column[0] != "PRIMARY"]


def said_by_nats() -> Iterator[CdcError]:
    for code, error_code in ((503, 10077), (503, 10023), (400, 10060), (400, 10109)):
        yield sort_refusal(Refused(code, error_code), "S")
    yield sort_request_error(NotFoundError(code=404, err_code=10059), "S")
    yield sort_request_error(ServiceUnavailableError(code=503), "S")
    yield sort_request_error(asyncio.TimeoutError(), "S")
    server = "SERVER"
    yield sort_connect_error(ConnectionRefusedError(), server)
    yield sort_connect_error(asyncio.TimeoutError(), server)
    yield sort_connect_error(Error("nats: 'Authorization Violation'"), server)
    for subjects in (("A",), ("txlog.events",)):
        outcomes = Outcomes("S", 5, Finding(subjects))
        for answer in (DENIED, UNHEARD, SILENCE):
            error = outcomes.outcome(made(), answer).error
            assert error is not None
            yield error
    with pytest.raises(CdcError) as refused:
        require_subject(StreamConfig(name="S", subjects=["A"]), "B")
    yield refused.value


class NoTables:
    """A database without tables, and a user who may make none."""

    def query(self, _name: str) -> list[dict[str, object]]:
        return []

    def run_text(self, sql: str) -> None:
        raise StoreConfigurationError(f"not allowed: {sql}")


def said_by_mariadb() -> Iterator[CdcError]:
    connecting = "connecting to HOST:PORT"
    yield translate_error(ConnectionRefusedError(), connecting)
    yield translate_error(pymysql.OperationalError(1045, ""), connecting)
    yield translate_error(pymysql.OperationalError(2013, ""), "save")
    yield translate_error(pymysql.OperationalError(1205, ""), "save")
    yield translate_error(pymysql.ProgrammingError(1146, ""), "WHAT")
    yield translate_error(pymysql.OperationalError(1142, ""), "WHAT")
    yield StoreConfigurationError(
        f"MariaDB: {Problem('ETL_SLICES', 'column LAST_TIME must be DATETIME(6)')}"
    )
    with pytest.raises(CdcError) as refused:
        create_tables(NoTables())  # type: ignore[arg-type]
    yield refused.value
    with pytest.raises(CdcError) as refused:
        read_mark({"STORED": "0000-00-00", "WATERMARK": None, "COVERAGE": None}, "P")
    yield refused.value


class Nothing:
    """A session of a user who sees no table."""

    connection = SimpleNamespace(username="READER")

    def query(self, _name: str, **_binds: object) -> list[dict[str, object]]:
        return []


def said_by_oracle() -> Iterator[CdcError]:
    findings = Findings()
    assert find_column(RowNames("SPC", "T", "C"), "C", {}, findings) is None
    find_shape(Nothing(), RowNames("SPC", "T", "C"), findings)  # type: ignore[arg-type]
    for mistake in findings.mistakes:
        yield OracleConfigurationError(mistake)


#: Whose failures are compared, by what /readyz calls them.
SAID = {"nats": said_by_nats, "mariadb": said_by_mariadb, "event table": said_by_oracle}


def symptoms() -> Iterator[tuple[str, str, str]]:
    """Yield what is said to fail, with which words, and what `run --once` ends with."""
    section = documents.section("docs/events.md", "## When something is wrong")
    for row in documents.rows(section):
        if len(row) == 4:
            for said in re.findall(r"`([^`]+)`", row[0]):
                name, _, words = said.partition(": ")
                yield name, words, row[3]


SYMPTOMS = [symptom for symptom in symptoms() if symptom[0] in SAID]


def test_the_page_has_many_symptoms() -> None:
    assert len(SYMPTOMS) > 20


@pytest.mark.parametrize(("name", "words", "code"), SYMPTOMS)
def test_what_the_page_says_of_a_failure_is_what_is_said(name: str, words: str, code: str) -> None:
    beginning = words.partition("...")[0].strip()
    codes = [int(error.exit_code) for error in SAID[name]() if beginning in str(error)]
    assert codes
    assert set(codes) == {int(code)}


def test_the_warning_of_a_short_window_is_that_of_the_page() -> None:
    config = StreamConfig(name="S", subjects=["txlog.events"], duplicate_window=120, num_replicas=1)
    dangers = facts_of(config, 1_000_000, 600).endangered
    assert [danger for danger in dangers if f"`NATS: {danger}`" in PAGE]
