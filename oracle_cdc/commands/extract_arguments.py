"""The arguments of `extract`."""

from __future__ import annotations

import argparse
import re

from oracle_cdc.commands.arguments import Commands


def add_extract(commands: Commands) -> None:
    extract = commands.add_parser(
        "extract", help="samples of tables as CSV and JSON files; the database is only read"
    )
    add_extract_choice(extract)
    add_extract_files(extract)
    extract.add_argument(
        "--redact", metavar="COL,...", help="columns whose values are replaced by tokens"
    )
    extract.add_argument(
        "--max-lob",
        type=count,
        default=32_767,
        metavar="N",
        help="characters of a large text that are written; 0 = all (default 32767, as in Excel)",
    )


def add_extract_choice(extract: argparse.ArgumentParser) -> None:
    """Add what says which tables and rows are meant."""
    extract.add_argument(
        "--list-tables", action="store_true", help="only show the tables that you may read"
    )
    extract.add_argument(
        "--tables", type=given, metavar="A,B", help="these tables; of another schema: OWNER.TABLE"
    )
    extract.add_argument(
        "--schema", type=given, metavar="S", help="all tables of this schema (default: your own)"
    )
    extract.add_argument(
        "--rows",
        type=count,
        default=1000,
        metavar="N",
        help="rows of each table at most; 0 = all (default 1000)",
    )
    extract.add_argument(
        "--order",
        choices=("newest", "any"),
        default="any",
        help="which rows: the newest, where an index knows them, or any (default)",
    )
    extract.add_argument(
        "--where", metavar="SQL", help="only rows for which this condition of SQL holds"
    )


def add_extract_files(extract: argparse.ArgumentParser) -> None:
    """Add what says how the files are written."""
    extract.add_argument(
        "--out",
        type=given,
        default="sample_data",
        metavar="FOLDER",
        help="default: sample_data",
    )
    extract.add_argument(
        "--format",
        type=formats,
        default=("csv", "json"),
        dest="formats",
        metavar="csv,json",
        help="which files (default both)",
    )
    extract.add_argument(
        "--delimiter",
        type=delimiter,
        default=",",
        metavar="SIGN",
        help="between the cells of a CSV file: , (default) ; | or tab",
    )
    extract.add_argument(
        "--no-bom", action="store_true", help="without the mark by which Excel knows UTF-8"
    )
    extract.add_argument(
        "--keep-formulas",
        action="store_true",
        help="without a ' before texts that Excel would calculate",
    )
    extract.add_argument(
        "--keep-padding", action="store_true", help="with the blanks that fill up CHAR columns"
    )


def given(text: str) -> str:
    """Read what may not be empty: a variable that is not set must not choose all tables."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} says nothing; a name, or without the option")
    return text


def count(text: str) -> int:
    """Read a number of which 0 means all."""
    if not re.fullmatch("[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number; 0 (all) or more")
    return int(text)


def formats(text: str) -> tuple[str, ...]:
    """Read a list of formats."""
    found = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))
    if not set(found) <= {"csv", "json"}:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of formats; csv, json or csv,json")
    return found


def delimiter(text: str) -> str:
    """Read what stands between cells."""
    if text in ("tab", "\\t"):
        return "\t"
    if text not in (",", ";", "|", "\t"):
        raise argparse.ArgumentTypeError(f"{text!r} is no delimiter; , ; | or tab")
    return text
