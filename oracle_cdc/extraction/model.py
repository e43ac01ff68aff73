"""The frozen values of an extraction: tables as the dictionary has them, and what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oracle_cdc.extraction.names import TableName


@dataclass(frozen=True)
class Listed:
    """A table or view as the list of all shows it. row_count: Oracle's estimate, None if none."""

    name: TableName
    kind: str
    row_count: int | None
    comment: str | None


@dataclass(frozen=True)
class Column:
    """A column as Oracle describes it.

    length: in `length_unit`, where the type has one: bytes or characters.
    type_owner: of an object type.
    """

    name: str
    data_type: str
    type_owner: str | None
    length: int | None
    length_unit: str | None
    precision: int | None
    scale: int | None
    is_nullable: bool
    default: str | None
    comment: str | None


@dataclass(frozen=True)
class Key:
    """A primary, unique or foreign key. references: table and columns that a foreign one names."""

    name: str
    kind: str
    columns: Sequence[str]
    references: TableName | None = None
    referenced_columns: Sequence[str] = ()


@dataclass(frozen=True)
class Index:
    """An index, with its columns in their order."""

    name: str
    kind: str
    is_unique: bool
    columns: Sequence[str]


@dataclass(frozen=True)
class TableSchema:
    """A table or view, with all that its schema file says."""

    listed: Listed
    columns: Sequence[Column]
    keys: Sequence[Key]
    indexes: Sequence[Index]

    @property
    def name(self) -> TableName:
        return self.listed.name


@dataclass(frozen=True)
class Options:
    """What somebody asks for.

    rows: of each table at most, 0 for all.
    tables: as they were typed, None for all of `schema`, and that None for the user's own.
    max_lob: characters of a large text that are written, 0 for all.
    redacted: columns, each as COLUMN or TABLE.COLUMN.
    """

    tables: str | None = None
    schema: str | None = None
    rows: int = 1000
    directory: Path = Path("sample_data")
    formats: Sequence[str] = ("csv", "json")
    delimiter: str = ","
    has_bom: bool = True
    is_newest: bool = False
    redacted: str | None = None
    max_lob: int = 32_767
    keeps_formulas: bool = False
    keeps_padding: bool = False
    condition: str | None = None


@dataclass(frozen=True)
class Written:
    """A file as it was written."""

    name: str
    sha256: str
    byte_count: int
