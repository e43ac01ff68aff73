"""Declare what the commands for capturing need, whatever PIPELINES names."""

from __future__ import annotations

from pydantic import Field

from oracle_cdc.settings.change_kinds import Tables
from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.sections import OracleSettings
from oracle_cdc.settings.streams import ModelSettings


class OfflineSettings(Root):
    """What a script is made from without asking Oracle.

    user: the schema of the service. host, dsn: where Oracle is, None where nobody said.
    """

    changes: ModelSettings = Field(default_factory=ModelSettings)
    table_transformers: Tables = Field(default_factory=dict)
    user: str = Field(default="CDC", validation_alias="ORACLE_USER")
    host: str | None = Field(default=None, validation_alias="ORACLE_HOST")
    dsn: str | None = Field(default=None, validation_alias="ORACLE_DSN")

    @property
    def has_oracle(self) -> bool:
        """Return whether it is said where Oracle is."""
        return self.host is not None or self.dsn is not None


class CapturingSettings(Root):
    """What installs, shows and ends capturing."""

    oracle: OracleSettings
    changes: ModelSettings = Field(default_factory=ModelSettings)
    table_transformers: Tables = Field(default_factory=dict)
