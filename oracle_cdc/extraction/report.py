"""What the JSON files say: tables as they are made, what was written, and what is not exact."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from oracle_cdc.extraction.cells import Cells
from oracle_cdc.extraction.kinds import LOBS, find_kind, type_name, why_left_out
from oracle_cdc.extraction.model import Column, Key, Listed, Options, TableSchema, Written
from oracle_cdc.extraction.names import TableName
from oracle_cdc.extraction.sample import Sample
from oracle_cdc.extraction.selection import Selection


@dataclass(frozen=True)
class Outcome:
    """What became of one table. error: why there is no sample of it."""

    name: TableName
    schema_file: Written | None = None
    selection: Selection | None = None
    sample: Sample | None = None
    redacted: Sequence[str] = ()
    error: str | None = None


def describe_listed(tables: Iterable[Listed]) -> list[dict[str, Any]]:
    """Return the list of all tables as its file has it."""
    described = []
    for table in tables:
        described.append(
            {
                "owner": table.name.owner,
                "name": table.name.name,
                "kind": table.kind,
                "estimatedRows": table.row_count,
                "comment": table.comment,
            }
        )
    return described


def describe_schema(
    table: TableSchema, options: Options, redacted: Container[str]
) -> dict[str, Any]:
    """Return a table as its schema file has it."""
    columns = []
    for column in table.columns:
        columns.append(describe_column(column, options, column.name in redacted))
    indexes = []
    for index in table.indexes:
        indexes.append(
            {
                "name": index.name,
                "type": index.kind,
                "unique": index.is_unique,
                "columns": list(index.columns),
            }
        )
    return {
        **describe_listed([table.listed])[0],
        "columns": columns,
        "primaryKey": next(iter(describe_keys(table.keys, "primary")), None),
        "foreignKeys": describe_keys(table.keys, "foreign"),
        "uniqueKeys": describe_keys(table.keys, "unique"),
        "indexes": indexes,
    }


def describe_column(column: Column, options: Options, is_redacted: bool) -> dict[str, Any]:
    """Return a column as the schema file has it, with how its values are written."""
    described: dict[str, Any] = {
        "name": column.name,
        "type": column.data_type,
        "length": column.length,
        "lengthUnit": column.length_unit,
        "precision": column.precision,
        "scale": column.scale,
        "nullable": column.is_nullable,
        "default": column.default,
        "comment": column.comment,
    }
    kind = find_kind(column)
    if kind is None:
        described["leftOut"] = why_left_out(column)
    elif is_redacted:
        # What is written there can be a value.
        described["default"] = None
        described["writtenAs"] = "a token: the same for the same value, in this run alone"
    else:
        described["writtenAs"] = writing_words(column, kind.words, options)
    return described


def writing_words(column: Column, words: str, options: Options) -> str:
    """Say how the values of a column are written, as far as that is not obvious."""
    if type_name(column) in LOBS and options.max_lob:
        return f"{words}, cut after {options.max_lob} characters"
    if "CHAR" in type_name(column) and "without" in words and options.keeps_padding:
        return "text with the blanks that fill it up"
    return words


def describe_keys(keys: Iterable[Key], kind: str) -> list[dict[str, Any]]:
    """Return the keys of one kind as the schema file has them."""
    described = []
    for key in keys:
        if key.kind != kind:
            continue
        entry: dict[str, Any] = {"name": key.name, "columns": list(key.columns)}
        if key.references is not None:
            entry["references"] = {
                "owner": key.references.owner,
                "table": key.references.name,
                "columns": list(key.referenced_columns),
            }
        described.append(entry)
    return described


def describe_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return what became of a table as the manifest has it."""
    described: dict[str, Any] = {
        "owner": outcome.name.owner,
        "name": outcome.name.name,
        "error": outcome.error,
        "schemaFile": None,
    }
    if outcome.schema_file is not None:
        described["schemaFile"] = outcome.schema_file.name
    selection, sample = outcome.selection, outcome.sample
    if selection is None or sample is None:
        return described
    left_out = []
    for column, reason in selection.left_out:
        left_out.append({"column": column.name, "reason": reason})
    return {
        **described,
        "files": {form: file.name for form, file in sample.files.items()},
        "rows": sample.rows,
        "order": selection.order,
        "cutCells": counted(sample.cells, "cut"),
        "guardedCells": counted(sample.cells, "guarded"),
        "undecodableCells": counted(sample.cells, "undecodable"),
        "redactedColumns": list(outcome.redacted),
        "leftOutColumns": left_out,
    }


def counted(cells: Iterable[Cells], what: str) -> dict[str, int]:
    """Return how many cells of each column were not written as they are, where there are any."""
    counts = {}
    for each in cells:
        count = getattr(each, what)
        if count:
            counts[each.column.name] = count
    return counts


def written_files(outcomes: Iterable[Outcome]) -> list[Written]:
    """Return the files of all tables."""
    files = []
    for outcome in outcomes:
        if outcome.schema_file is not None:
            files.append(outcome.schema_file)
        if outcome.sample is not None:
            files += outcome.sample.files.values()
    return files


def describe_files(files: Iterable[Written]) -> list[dict[str, Any]]:
    """Return files as the manifest has them."""
    described = []
    for file in files:
        described.append({"name": file.name, "sha256": file.sha256, "bytes": file.byte_count})
    return described


def describe_options(options: Options) -> dict[str, Any]:
    """Return what was asked for, without the condition, which can hold a value."""
    return {
        "rows": options.rows,
        "formats": list(options.formats),
        "delimiter": options.delimiter,
        "byteOrderMark": options.has_bom,
        "maxLobCharacters": options.max_lob,
        "keepFormulas": options.keeps_formulas,
        "keepPadding": options.keeps_padding,
        "filtered": options.condition is not None,
    }
