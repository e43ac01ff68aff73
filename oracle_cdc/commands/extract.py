"""`extract`: samples of tables, as files for people who have no access to the database."""

from __future__ import annotations

import signal
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from oracle_cdc.errors import ExitCode
from oracle_cdc.extraction.dictionary import dictionary_statements, list_tables
from oracle_cdc.extraction.extract import MANIFEST, Extraction, read_schema_name
from oracle_cdc.extraction.model import Listed, Options
from oracle_cdc.extraction.names import TableName, printable, show
from oracle_cdc.extraction.progress import Bar
from oracle_cdc.extraction.report import Outcome
from oracle_cdc.extraction.sample import Advance
from oracle_cdc.extraction.settings import ExtractionSettings
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import password_of
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import complain, say, warn


def extract(settings: ExtractionSettings, arguments: Namespace) -> int:
    """Write the samples, or list the tables, and return 0, or 1 when a table could not be read."""
    for warning in settings.warnings:
        warn(warning)
    options = make_options(settings, arguments)
    password = password_of(settings.oracle, settings.given)
    database = Database(settings.oracle, dictionary_statements(), password=password, sessions=1)
    try:
        if arguments.list_tables:
            return show_tables(database, options)
        return write_samples(database, options)
    finally:
        database.close()


def make_options(settings: ExtractionSettings, arguments: Namespace) -> Options:
    """Return what is asked for. An argument wins over a setting."""
    tables, schema = arguments.tables, arguments.schema
    if tables is None and schema is None:
        tables, schema = settings.tables, settings.schema_name
    return Options(
        tables=tables,
        schema=schema or settings.schema_name,
        rows=arguments.rows,
        directory=Path(arguments.out),
        formats=arguments.formats,
        delimiter=arguments.delimiter,
        has_bom=not arguments.no_bom,
        is_newest=arguments.order == "newest",
        redacted=arguments.redact,
        max_lob=arguments.max_lob,
        keeps_formulas=arguments.keep_formulas,
        keeps_padding=arguments.keep_padding,
        condition=arguments.where,
    )


def show_tables(database: Database, options: Options) -> int:
    """Print every table and view that this user may read, or those of one schema."""
    with database.session() as session:
        tables = list_tables(session)
    if options.schema:
        schema = read_schema_name(options.schema)
        tables = [table for table in tables if table.name.owner == schema]
    if not tables:
        say("no table that this user may read")
        return ExitCode.DONE
    width = max(len(table.name.shown) for table in tables)
    for table in tables:
        say(describe_line(table, width))
    say(f"{counted(len(tables), 'name')}; extract --tables NAME,NAME writes samples")
    return ExitCode.DONE


def describe_line(table: Listed, width: int) -> str:
    """Return a table in a line."""
    rows = "rows not counted"
    if table.row_count is not None:
        rows = f"about {table.row_count:,} rows"
    if table.kind == "VIEW":
        rows = "a view"
    line = f"{table.name.shown:<{width}}  {rows}"
    if table.comment:
        line += f"  {printable(' '.join(table.comment.split()))}"
    return line


def write_samples(database: Database, options: Options) -> int:
    """Write the samples, and say what was written."""
    lines = Lines()
    extraction = Extraction(database, options, lines)
    if options.condition is not None:
        say(f"only rows where: {options.condition}")
    with lines.interruptible():
        outcomes = extraction.run()
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    done = counted(len(outcomes) - len(failed), "table")
    say(f"{done} in the folder {options.directory}; {MANIFEST} lists its files")
    if failed:
        complain(f"{counted(len(failed), 'table')} not extracted", names_of(failed))
        return ExitCode.FAILED
    return ExitCode.DONE


def names_of(outcomes: Sequence[Outcome]) -> str:
    return ", ".join(outcome.name.shown for outcome in outcomes)


class Lines:
    """A line for each table, and a bar beside it while it is written."""

    def __init__(self) -> None:
        self.bar = Bar()
        self.is_interrupted = False

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Have Ctrl+C remembered inside the block.

        Of a connection that nobody answers any more the driver makes an error of its own of it.
        Where it is ignored, as in the background of a script, it stays so.
        """
        usual = signal.getsignal(signal.SIGINT)
        if usual is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self.interrupt)
        try:
            yield
        finally:
            self.bar.end()
            signal.signal(signal.SIGINT, usual)

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        self.is_interrupted = True
        raise KeyboardInterrupt

    def begin(self, table: TableName, rows: int | None) -> Advance:
        return self.bar.begin(table, rows)

    def end(self, outcome: Outcome) -> None:
        self.bar.end()
        if self.is_interrupted:
            raise KeyboardInterrupt
        if outcome.error is not None:
            # It has the table's name in it.
            say(f"❌ {outcome.error}")
        elif outcome.sample is not None and outcome.selection is not None:
            columns = counted(len(outcome.selection.chosen), "column")
            say(f"✅ {outcome.name.shown}: {counted(outcome.sample.rows, 'row')}, {columns}")
            for column, reason in outcome.selection.left_out:
                warn(f"{outcome.name.shown}: column {show(column.name)} left out: {reason}")
