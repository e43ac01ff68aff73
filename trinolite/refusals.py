"""What Trino says where it can't do what is asked: a name, its number, whose fault it is."""

from __future__ import annotations

USER = "USER_ERROR"
INTERNAL = "INTERNAL_ERROR"
RESOURCES = "INSUFFICIENT_RESOURCES"
EXTERNAL = "EXTERNAL"

#: Names of errors: number and type. Sources: StandardErrorCode and HiveErrorCode of Trino.
ERRORS = {
    "GENERIC_USER_ERROR": (0, USER),
    "SYNTAX_ERROR": (1, USER),
    "USER_CANCELED": (3, USER),
    "PERMISSION_DENIED": (4, USER),
    "FUNCTION_NOT_FOUND": (6, USER),
    "INVALID_FUNCTION_ARGUMENT": (7, USER),
    "INVALID_CAST_ARGUMENT": (9, USER),
    "NOT_SUPPORTED": (13, USER),
    "INVALID_SESSION_PROPERTY": (14, USER),
    "NUMERIC_VALUE_OUT_OF_RANGE": (19, USER),
    "CATALOG_NOT_FOUND": (44, USER),
    "SCHEMA_NOT_FOUND": (45, USER),
    "TABLE_NOT_FOUND": (46, USER),
    "COLUMN_NOT_FOUND": (47, USER),
    "TYPE_MISMATCH": (58, USER),
    "GENERIC_INTERNAL_ERROR": (65536, INTERNAL),
    "EXCEEDED_TIME_LIMIT": (131075, RESOURCES),
    "HIVE_METASTORE_ERROR": (16777216, EXTERNAL),
    "HIVE_CANNOT_OPEN_SPLIT": (16777219, EXTERNAL),
    "HIVE_FILE_NOT_FOUND": (16777220, EXTERNAL),
    "HIVE_BAD_DATA": (16777223, EXTERNAL),
}


class Refused(Exception):
    """A statement fails, as Trino lets it. Raises KeyError for a name that is none of ERRORS."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.number, self.kind = ERRORS[name]

    @property
    def document(self) -> dict[str, object]:
        """Return the error as the protocol carries it."""
        return {
            "message": self.message,
            "errorCode": self.number,
            "errorName": self.name,
            "errorType": self.kind,
            "failureInfo": {"type": "io.trino.spi.TrinoException", "message": self.message},
        }
