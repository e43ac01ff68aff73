"""Declare what an extraction needs: how to reach Oracle, and which schema and tables are usual."""

from __future__ import annotations

from pydantic import Field

from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.sections import OracleSettings


class ExtractionSettings(Root):
    """All settings of an extraction.

    schema_name, tables: what --schema and --tables are where neither is given.
    """

    oracle: OracleSettings
    schema_name: str | None = Field(default=None, validation_alias="ORACLE_SCHEMA")
    tables: str | None = Field(default=None, validation_alias="ORACLE_TABLES")
