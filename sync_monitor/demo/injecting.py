"""What `inject` does to the stand-in and to the embedded lake: real faults in real data.

The history is never touched: what is injected must be found by looks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from oracle_cdc.errors import SettingsError
from sync_monitor.demo.samples import Sample
from sync_monitor.demo.seeding import AWAY, run
from sync_monitor.demo.standin import MONITOR_USER, StandIn
from sync_monitor.rows.dialects import Dialect, quote_name, quote_path, quote_text

#: So that a fault has neighbours that are whole.
LEAST_DAYS = 12
DOWN = (
    f"drop on execute times always for {MONITOR_USER}\n"
    f"refuse logins error 1034 for {MONITOR_USER} times always"
)


@dataclass(frozen=True)
class Scene:
    """A sample's table and lake, and where the stand-in is."""

    place: StandIn
    sample: Sample

    @property
    def target(self) -> Path:
        """Return the directory of the lake's table."""
        return Path(self.sample.sync.target)

    @property
    def table(self) -> str:
        """Return the table of Oracle, as SQL has it."""
        return quote_path(self.sample.sync.source, Dialect.ORACLE)

    def day(self, back: int) -> str:
        """Return a day that has rows, counted back from the newest, which is 1."""
        return self.sample.days[-back]

    def partitions(self, day: str) -> list[Path]:
        """Return the directories of a day, which has several where partitions are hours."""
        name = self.sample.sync.partition_column
        return sorted(self.target.glob(f"{name}={day}*"))

    def drop(self, day: str) -> None:
        """Remove a day from the lake."""
        for directory in self.partitions(day):
            shutil.rmtree(directory)

    def rewrite(self, directory: Path, query: str) -> None:
        """Write a partition anew: what a query makes of its rows, which are named `r`."""
        source = f"read_parquet({quote_text(f'{directory}/*.parquet', Dialect.DUCKDB)}, "
        source += "hive_partitioning = false)"
        fresh = directory.with_name(f"_{directory.name}.parquet")
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (WITH r AS (SELECT *, ROW_NUMBER() OVER (ORDER BY {self.key}) AS place_ "
                f"FROM {source}) {query}) "
                f"TO {quote_text(str(fresh), Dialect.DUCKDB)} (FORMAT parquet)"
            )
        for file in directory.glob("*.parquet"):
            file.unlink()
        fresh.rename(directory / "data_0.parquet")

    @property
    def key(self) -> str:
        """Return the key's column in the lake."""
        return quote_name(self.sample.key.lower(), Dialect.DUCKDB)

    def as_dba(self, statement: str) -> None:
        """Run a statement in the stand-in, and commit."""
        with self.place.dba() as connection:
            run(connection, statement)
            connection.commit()


WITHOUT_PLACE = "SELECT * EXCLUDE (place_)"


def missing_partition(scene: Scene) -> None:
    """Remove a day from the lake, between neighbours that stay."""
    scene.drop(scene.day(4))


def partial_partition(scene: Scene) -> None:
    """Leave half of a day in the lake."""
    directory = scene.partitions(scene.day(7))[0]
    scene.rewrite(directory, f"{WITHOUT_PLACE} FROM r WHERE place_ % 2 = 0")


def doubles(scene: Scene) -> None:
    """Write some rows of a day twice and leave out as many others: the totals stay equal."""
    directory = scene.partitions(scene.day(8))[0]
    scene.rewrite(
        directory,
        f"{WITHOUT_PLACE} FROM r WHERE place_ % 4 > 0 "
        f"UNION ALL {WITHOUT_PLACE} FROM r WHERE place_ % 4 = 1 "
        "AND place_ + 3 <= (SELECT MAX(place_) FROM r)",
    )


def changed(scene: Scene) -> None:
    """Give rows of a day another pay."""
    directory = scene.partitions(scene.day(9))[0]
    scene.rewrite(
        directory,
        "SELECT * EXCLUDE (place_) REPLACE (CAST(salary + (place_ % 3 = 0)::INT AS DECIMAL(8,2)) "
        "AS salary) FROM r",
    )


def stale(scene: Scene) -> None:
    """Remove the newest two days from the lake, as if its loader had stopped."""
    scene.drop(scene.day(1))
    scene.drop(scene.day(2))


def lake_ahead(scene: Scene) -> None:
    """Write rows into a day of the lake whose keys Oracle has not."""
    directory = scene.partitions(scene.day(10))[0]
    scene.rewrite(
        directory,
        f"{WITHOUT_PLACE} FROM r UNION ALL SELECT * EXCLUDE (place_) REPLACE "
        f"({scene.key} + 1000000 AS {scene.key}) FROM r WHERE place_ <= 3",
    )


def deleted(scene: Scene) -> None:
    """Delete rows of a day in Oracle alone."""
    keys: list[str] = []
    for row in scene.sample.rows():
        moment = row[-1]
        if str(moment)[:10] == scene.day(11) and len(keys) < 3:
            keys.append(str(row[0]))
    key = quote_name(scene.sample.key, Dialect.ORACLE)
    scene.as_dba(f"DELETE FROM {scene.table} WHERE {key} IN ({', '.join(keys)})")


def column_added(scene: Scene) -> None:
    """Add a column in Oracle alone."""
    scene.as_dba(f"ALTER TABLE {scene.table} ADD (TAX_CODE VARCHAR2(10))")


def zone_shift(scene: Scene) -> None:
    """Move the last quarter of each day into the next, as a loader of another zone does."""
    days: list[Path] = []
    for day in scene.sample.days:
        days.extend(scene.partitions(day))
    for before, after in reversed(list(pairwise(days))):
        move_last_rows(scene, before, after)


def move_last_rows(scene: Scene, before: Path, after: Path) -> None:
    """Move the last quarter of a partition's rows into another."""
    late = "place_ > (SELECT MAX(place_) * 3 // 4 FROM r)"
    moved = before.with_name("_moved.parquet")
    copy = before.with_name("_copy")
    shutil.copytree(before, copy)
    scene.rewrite(copy, f"{WITHOUT_PLACE} FROM r WHERE {late}")
    (copy / "data_0.parquet").rename(moved)
    shutil.rmtree(copy)
    scene.rewrite(before, f"{WITHOUT_PLACE} FROM r WHERE NOT {late}")
    moved.rename(after / "data_late.parquet")


def unregistered(scene: Scene) -> None:
    """Let a day's files lie where its loader wrote them, never published."""
    for directory in scene.partitions(scene.day(6)):
        staged = scene.target / "_temporary" / "0" / directory.name
        staged.parent.mkdir(parents=True, exist_ok=True)
        directory.rename(staged)


def no_rights(scene: Scene) -> None:
    """Take the monitor's right to read the table."""
    scene.as_dba(f"REVOKE SELECT ON {scene.table} FROM {MONITOR_USER}")


def oracle_down(scene: Scene) -> None:
    """Let Oracle refuse the monitor."""
    scene.place.misbehave(DOWN)


def lake_down(scene: Scene) -> None:
    """Take the directory of the lake away."""
    scene.target.rename(scene.target.with_name(scene.target.name + AWAY))


def both_empty(scene: Scene) -> None:
    """Empty both sides."""
    scene.as_dba(f"DELETE FROM {scene.table}")
    for directory in scene.target.iterdir():
        shutil.rmtree(directory)


INJECTIONS: dict[str, Callable[[Scene], None]] = {
    "missing_partition": missing_partition,
    "partial_partition": partial_partition,
    "doubles": doubles,
    "changed": changed,
    "stale": stale,
    "lake_ahead": lake_ahead,
    "deleted": deleted,
    "column_added": column_added,
    "zone_shift": zone_shift,
    "unregistered": unregistered,
    "no_rights": no_rights,
    "oracle_down": oracle_down,
    "lake_down": lake_down,
    "both_empty": both_empty,
    #: All loaders stop.
    "storm": stale,
}
OF_ALL_SYNCS = ("storm",)


def inject(kind: str, place: StandIn, samples: Sequence[Sample]) -> None:
    """Do one kind of damage. Raises SettingsError where it can't be done."""
    for sample in samples:
        if len(sample.days) < LEAST_DAYS:
            raise SettingsError(
                f"monitor inject: {sample.sync.name} has {len(sample.days)} days; allowed: "
                f"{LEAST_DAYS} and more, so that a fault has neighbours (ORACLE_MOCK_COUNT)"
            )
        try:
            INJECTIONS[kind](Scene(place, sample))
        except (OSError, IndexError) as error:
            raise SettingsError(
                f"monitor inject: {sample.sync.name} is not as it was seeded; "
                "first undo what was injected: monitor inject KIND --undo"
            ) from error
