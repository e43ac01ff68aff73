"""What a conversation needs of the SQL side (sql/database.py and sql/sqlsession.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from oralite.model import BindType, Column, Outcome, Row


class SqlSession(Protocol):
    """What the SQL side does for one session (sql/sqlsession.py)."""

    @property
    def in_transaction(self) -> bool: ...

    @property
    def is_killed(self) -> bool: ...

    @property
    def last_rowid(self) -> str | None: ...

    def describe(self, sql: str, types: Sequence[BindType]) -> tuple[Column, ...]: ...

    def execute(
        self,
        sql: str,
        types: Sequence[BindType],
        rows: Sequence[Row],
        *,
        batch_errors: bool = False,
    ) -> Outcome: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def close(self) -> None: ...

    def alter(self, name: str, value: str) -> None: ...

    def describe_client(self, parameters: Mapping[str, str]) -> None: ...
