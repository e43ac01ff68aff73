"""What of which tables is published, made of settings and of the models in their folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oracle_cdc.changes.model_files import read_models
from oracle_cdc.changes.rules import heartbeat_table
from oracle_cdc.changes.rules.redacting import Redactor
from oracle_cdc.changes.rules.transformers import read_transformers
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.errors import SettingsError
from oracle_cdc.redaction.kinds import Kind
from oracle_cdc.redaction.marking import Marker
from oracle_cdc.settings.streams import StreamingSettings


def make_transformation(settings: StreamingSettings, *, redacts: bool = True) -> Transformation:
    """Return how changes are published. Raises SettingsError with every mistake.

    Parameters:
        redacts: False: what is personal stays, whatever the settings say.
    """
    models = read_models(settings.changes.models_dir)
    key = settings.redaction_hmac_key
    transformers = read_transformers(
        settings.table_transformers, models, has_hmac_key=key is not None
    )
    redactor: Redactor | None = None
    if redacts and settings.enable_data_redaction:
        secret: bytes | None = None
        if key is not None:
            secret = key.get_secret_value().encode()
        redactor = Redactor(make_marker(settings.redaction_region), secret)
    return Transformation(models, transformers, redactor)


def with_heartbeat(transformation: Transformation) -> Transformation:
    """Return the same for who ships the heartbeat too, which goes no further than the stream."""
    return replace(
        transformation,
        models={heartbeat_table.TABLE: heartbeat_table.make_model(), **transformation.models},
        transformers={
            heartbeat_table.TABLE: heartbeat_table.TRANSFORMER,
            **transformation.transformers,
        },
    )


def choose_tables(tables: Sequence[str]) -> Sequence[str]:
    """Return the tables that a copy ships, none for all.

    The heartbeat is one of any, or else its change table would grow where tables are named.
    """
    if not tables:
        return ()
    return (*tables, heartbeat_table.TABLE)


def make_marker(region: str) -> Marker:
    """Return what finds what is personal in free text. Raises SettingsError for its region."""
    try:
        return Marker(Kind, region)
    except ValueError as error:
        raise SettingsError(f"REDACTION_REGION: {error} is known of phone numbers") from error
