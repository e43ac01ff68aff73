"""A table is published only where somebody said how."""

from __future__ import annotations

import pytest

from oracle_cdc.changes.rules.errors import InvalidChange
from oracle_cdc.changes.rules.transforming import Transformation
from tests.changes.changefixtures import REDACTOR, USERS, make_change, make_transformer


def test_a_table_without_a_transformer_is_refused() -> None:
    transformation = Transformation({"users": USERS}, {}, REDACTOR)
    with pytest.raises(InvalidChange, match="without a model or a transformer"):
        transformation.transform(make_change(None, {"id": 1}))


def test_a_table_without_a_model_is_refused() -> None:
    transformation = Transformation({}, {"users": make_transformer()}, REDACTOR)
    with pytest.raises(InvalidChange, match="without a model or a transformer"):
        transformation.transform(make_change(None, {"id": 1}))
