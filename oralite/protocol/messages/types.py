"""Oracle's type numbers, and how they stand for the types of model.py."""

from __future__ import annotations

from enum import IntEnum

from oralite.model import SqlType


class TypeNumber(IntEnum):
    VARCHAR = 1
    NUMBER = 2
    BINARY_INTEGER = 3
    LONG = 8
    ROWID = 11
    DATE = 12
    RAW = 23
    LONG_RAW = 24
    CHAR = 96
    BINARY_FLOAT = 100
    BINARY_DOUBLE = 101
    CURSOR = 102
    OBJECT = 109
    CLOB = 112
    BLOB = 113
    BFILE = 114
    JSON = 119
    VECTOR = 127
    TIMESTAMP = 180
    TIMESTAMP_TZ = 181
    INTERVAL_YM = 182
    INTERVAL_DS = 183
    UROWID = 208
    TIMESTAMP_LTZ = 231
    BOOLEAN = 252


LOBS = (TypeNumber.CLOB, TypeNumber.BLOB)

COLUMN_TYPES = {
    SqlType.VARCHAR2: TypeNumber.VARCHAR,
    SqlType.CHAR: TypeNumber.CHAR,
    SqlType.NUMBER: TypeNumber.NUMBER,
    SqlType.BINARY_DOUBLE: TypeNumber.BINARY_DOUBLE,
    SqlType.DATE: TypeNumber.DATE,
    SqlType.TIMESTAMP: TypeNumber.TIMESTAMP,
    SqlType.TIMESTAMP_TZ: TypeNumber.TIMESTAMP_TZ,
    SqlType.INTERVAL_DS: TypeNumber.INTERVAL_DS,
    SqlType.CLOB: TypeNumber.CLOB,
    SqlType.BLOB: TypeNumber.BLOB,
    SqlType.RAW: TypeNumber.RAW,
    SqlType.ROWID: TypeNumber.ROWID,
}

#: A long text bind arrives as LONG; it is a text like others here.
BIND_TYPES = {
    TypeNumber.VARCHAR: SqlType.VARCHAR2,
    TypeNumber.NUMBER: SqlType.NUMBER,
    TypeNumber.BINARY_INTEGER: SqlType.NUMBER,
    TypeNumber.LONG: SqlType.VARCHAR2,
    TypeNumber.ROWID: SqlType.ROWID,
    TypeNumber.DATE: SqlType.DATE,
    TypeNumber.RAW: SqlType.RAW,
    TypeNumber.LONG_RAW: SqlType.RAW,
    TypeNumber.CHAR: SqlType.CHAR,
    TypeNumber.BINARY_FLOAT: SqlType.BINARY_DOUBLE,
    TypeNumber.BINARY_DOUBLE: SqlType.BINARY_DOUBLE,
    TypeNumber.CLOB: SqlType.CLOB,
    TypeNumber.BLOB: SqlType.BLOB,
    TypeNumber.TIMESTAMP: SqlType.TIMESTAMP,
    TypeNumber.TIMESTAMP_TZ: SqlType.TIMESTAMP_TZ,
    TypeNumber.TIMESTAMP_LTZ: SqlType.TIMESTAMP,
    TypeNumber.INTERVAL_DS: SqlType.INTERVAL_DS,
    TypeNumber.UROWID: SqlType.ROWID,
    TypeNumber.BOOLEAN: SqlType.NUMBER,
}
