"""The tables of the demo of row changes, as the models of the sample schema have them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import config
from oracle_cdc.changes.model_files import read_models
from oracle_cdc.demo.changes.tables import Table

MODELS = Path(config.__file__).parent / "models"


@cache
def demo_tables() -> tuple[Table, ...]:
    return tuple(Table(model) for model in read_models(MODELS).values())


def demo_table(name: str) -> Table:
    (found,) = (table for table in demo_tables() if table.name == name)
    return found
