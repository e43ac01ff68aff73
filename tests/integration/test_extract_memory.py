"""However large a table is, only one fetch of it is in memory."""

from __future__ import annotations

from pathlib import Path

from tests.integration.extractions import Schema, Watched, serve_schema


class Counting(Watched):
    """Notes how many rows the database has sent each time that rows were written."""

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self.schema = schema
        self.ahead: list[int] = []

    def advance(self, count: int) -> None:
        super().advance(count)
        self.ahead.append(self.schema.server.statistics()["rows_sent"] - sum(self.advanced))


def test_rows_are_written_as_they_come(tmp_path: Path) -> None:
    with serve_schema(tmp_path) as schema:
        schema.run("CREATE TABLE app.ONE (ID NUMBER)")
        schema.run("INSERT INTO app.ONE SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 20000")
        watch = Counting(schema)
        schema.extract(watch, rows=0)
    assert sum(watch.advanced) == 20_000
    assert max(watch.advanced) == 1000
    assert max(watch.ahead) - min(watch.ahead) <= 1001
