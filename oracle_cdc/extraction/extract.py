"""The whole extraction: which tables, one after another, and what is written of each."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from oracle_cdc.errors import CdcError, ConfigurationError, OracleUnavailable, SettingsError
from oracle_cdc.extraction.cells import Redaction, make_cells
from oracle_cdc.extraction.dictionary import list_tables, read_database, read_table
from oracle_cdc.extraction.files import (
    keep_names,
    make_directory,
    reason,
    reserved,
    write_general,
    write_json,
)
from oracle_cdc.extraction.model import Listed, Options, TableSchema, Written
from oracle_cdc.extraction.names import TableName, file_stem, parse_names, parse_tables
from oracle_cdc.extraction.redaction import check_redacted, parse_redacted, redacted_columns
from oracle_cdc.extraction.report import (
    Outcome,
    describe_files,
    describe_listed,
    describe_options,
    describe_outcome,
    describe_schema,
    written_files,
)
from oracle_cdc.extraction.sample import Advance, Sample, Target, write_sample
from oracle_cdc.extraction.selection import Selection, check_condition, select_table
from oracle_cdc.extraction.writers import JSON_ROWS
from oracle_cdc.oracle.database import Database

DATABASE_FILE, TABLES_FILE, MANIFEST = (
    "database_info.json",
    "accessible_tables.json",
    "manifest.json",
)
KEY_BYTES = 32
#: Tables for which Oracle does not answer, before no further one waits for it.
MOST_UNANSWERED = 3
GONE = f"not tried: Oracle did not answer for {MOST_UNANSWERED} tables in a row"


class Watch(Protocol):
    """Sees how far it is."""

    def begin(self, table: TableName, rows: int | None) -> Advance: ...

    def end(self, outcome: Outcome) -> None: ...


@dataclass(frozen=True)
class Found:
    """What is to be extracted. outcomes: of tables that can't be read at all."""

    database: dict[str, Any]
    listed: Sequence[Listed]
    home: str
    tables: Sequence[TableSchema]
    outcomes: Sequence[Outcome]


class Extraction:
    """Writes the samples of some tables into one folder.

    Raises SettingsError before anything is written, when what is asked for can't be.
    """

    def __init__(self, database: Database, options: Options, watch: Watch) -> None:
        if options.condition is not None:
            check_condition(options.condition)
        self.database = database
        self.options = with_few_rows(options)
        self.watch = watch
        self.wanted_redactions = parse_redacted(options.redacted)
        self.redaction = Redaction(secrets.token_bytes(KEY_BYTES))
        self.started_at = datetime.now(timezone.utc)
        self.outcomes: list[Outcome] = []
        #: Tables in a row for which Oracle did not answer.
        self.unanswered = 0

    def run(self) -> list[Outcome]:
        """Extract every table, and return what became of each. An error of one stops no other."""
        found = self.find()
        unread = [outcome.error for outcome in found.outcomes if outcome.error]
        check_redacted(found.tables, self.wanted_redactions, unread)
        make_directory(self.options.directory)
        with reserved(self.options.directory):
            self.write(found)
        return self.outcomes

    def write(self, found: Found) -> None:
        """Write all files, those of no single table too."""
        general = [
            write_general(self.options.directory / DATABASE_FILE, found.database),
            write_general(self.options.directory / TABLES_FILE, describe_listed(found.listed)),
        ]
        is_complete = False
        # What a former run left would say of this one, if it is killed, that it is complete.
        self.write_manifest(found, general, is_complete)
        try:
            for outcome in found.outcomes:
                self.keep(outcome)
            for table in found.tables:
                self.keep(self.extract(table, found.home))
            keep_names(self.options.directory)
            is_complete = True
        finally:
            self.write_manifest(found, general, is_complete)

    def find(self) -> Found:
        """Find the tables that are asked for, and read how each is made."""
        with self.database.session() as session:
            facts, listed = read_database(session), list_tables(session)
        home = facts["schema"]
        if self.options.schema:
            home = read_schema_name(self.options.schema)
        if self.options.tables:
            names = parse_tables(self.options.tables, home)
        else:
            names = tables_of(home, listed)
        # By their own names: a synonym and its table are one.
        tables: dict[TableName, TableSchema] = {}
        outcomes = []
        for name in names:
            try:
                with self.database.session() as session:
                    table = read_table(session, name)
            except CdcError as error:
                outcomes.append(Outcome(name, error=str(error)))
            else:
                tables.setdefault(table.name, table)
        return Found(facts, listed, home, list(tables.values()), outcomes)

    def keep(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.watch.end(outcome)

    def extract(self, table: TableSchema, home: str) -> Outcome:
        """Write the files of one table, and return what became of it."""
        redacted = redacted_columns(table, self.wanted_redactions)
        stem = self.options.directory / file_stem(table.name, home)
        outcome = Outcome(table.name, redacted=sorted(redacted))
        if self.unanswered >= MOST_UNANSWERED:
            return replace(outcome, error=GONE)
        try:
            description = describe_schema(table, self.options, redacted)
            schema_file = write_json(stem.with_name(f"{stem.name}_schema.json"), description)
            outcome = replace(outcome, schema_file=schema_file)
            selection, sample = self.sample(table, stem, redacted)
        except CdcError as error:
            self.unanswered += int(isinstance(error, OracleUnavailable))
            return replace(outcome, error=str(error))
        except OSError as error:
            return replace(outcome, error=f"{stem}: {reason(error)}")
        self.unanswered = 0
        return replace(outcome, selection=selection, sample=sample)

    def sample(
        self, table: TableSchema, stem: Path, redacted: set[str]
    ) -> tuple[Selection, Sample]:
        """Write the sample of one table.

        Where the driver can't bring a time, all of the table is read anew, with times as text.
        """
        stem = stem.with_name(f"{stem.name}_sample_{self.started_at:%Y%m%d_%H%M%S}")
        try:
            return self.sample_by(select_table(table, self.options), table, stem, redacted)
        except ValueError:
            selection = select_table(table, self.options, is_careful=True)
        try:
            return self.sample_by(selection, table, stem, redacted)
        except ValueError as error:
            raise CdcError(
                f"{table.name.shown}: a value that the driver can't bring ({type(error).__name__})"
            ) from error

    def sample_by(
        self, selection: Selection, table: TableSchema, stem: Path, redacted: set[str]
    ) -> tuple[Selection, Sample]:
        """Write the sample that a SELECT gives."""
        cells = make_cells(selection.chosen, self.options, redacted, self.redaction)
        advance = self.watch.begin(table.name, expected_rows(table, self.options))
        target = Target(stem, self.options, advance)
        with self.database.session() as session:
            return selection, write_sample(session, selection, cells, target)

    def write_manifest(self, found: Found, general: Sequence[Written], is_complete: bool) -> None:
        """Write what is there, also when somebody ends it before its time."""
        write_general(
            self.options.directory / MANIFEST,
            {
                "startedAt": utc(self.started_at),
                "endedAt": utc(datetime.now(timezone.utc)),
                "complete": is_complete,
                "schema": found.home,
                "options": describe_options(self.options),
                "tables": [describe_outcome(outcome) for outcome in self.outcomes],
                "files": describe_files([*general, *written_files(self.outcomes)]),
            },
        )


def with_few_rows(options: Options) -> Options:
    """Return the options without rows that would be read and be in no file."""
    if "csv" in options.formats:
        return options
    return replace(options, rows=min(options.rows or JSON_ROWS, JSON_ROWS))


def read_schema_name(text: str) -> str:
    """Read the name of a schema. Raises SettingsError for what is more or less than one name."""
    names = list(parse_names(text, "--schema"))
    if len(names) != 1 or len(names[0]) != 1:
        raise SettingsError("--schema: more than one name; allowed: the name of one schema")
    return names[0][0]


def tables_of(schema: str, listed: Sequence[Listed]) -> list[TableName]:
    """Return the tables of a schema, without its views.

    Raises ConfigurationError where there are none.
    """
    names = []
    for each in listed:
        if each.name.owner == schema and each.kind == "TABLE":
            names.append(each.name)
    if not names:
        raise ConfigurationError(
            f"no table in the schema {schema} that this user may read; --list-tables shows those "
            "that there are, --schema and --tables choose others"
        )
    return names


def expected_rows(table: TableSchema, options: Options) -> int | None:
    """Return how many rows will come as far as that is known."""
    if options.condition is not None:
        return options.rows or None
    if table.listed.row_count is None or (options.rows and options.rows < table.listed.row_count):
        return options.rows or None
    return table.listed.row_count


def utc(time: datetime) -> str:
    return f"{time.replace(tzinfo=None, microsecond=0).isoformat()}Z"
