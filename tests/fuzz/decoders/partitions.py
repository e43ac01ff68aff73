"""Names in a lake: directories of partitions, files, and what Hive says of partitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.files import list_partitions, partition_files
from sync_monitor.lake.hive_words import code_of_text, column_of, key_of
from tests.fuzz.decoders import Take

WORDS = (b"dt=2026-11-20", b"%2F..%2F", b"_temporary", b".parquet", b"dt=", b"%00", b"..", b"%FF")
BEGIN, END = "2026-11-01", "2026-11-30"
MOST_NAMES = 8


def seeds() -> Sequence[bytes]:
    return [
        b"dt=2026-11-20\nDT=2026-11-21\n_temporary\ndt=__HIVE_DEFAULT_PARTITION__",
        b"dt=2026-11-20%2F..%2F..%2Foutside\ndt=2026-11-20",
        b"dt=2026-11-20 00%3A00\nother=1\n.hidden\nname[1].parquet",
    ]


@contextmanager
def opened() -> Iterator[Take]:
    with TemporaryDirectory() as folder:
        outside = Path(folder) / "outside"
        outside.mkdir()
        (outside / "secret.parquet").touch()

        def take(data: bytes) -> None:
            hive(data.decode(errors="replace"))
            table = TemporaryDirectory(dir=folder)
            with table as place:
                make(Path(place), data)
                check(Path(place))

        yield take


def make(table: Path, data: bytes) -> None:
    """Make directories with these names, a file in each, and a file beside them."""
    for name in data.split(b"\n")[:MOST_NAMES]:
        with suppress(OSError, ValueError):
            place = table / name.decode(errors="surrogateescape").replace("/", "")
            place.mkdir()
            (place / "part.parquet").touch()
            (place / place.name).touch()


def check(table: Path) -> None:
    """Check that a partition has no file that is not of this table."""
    listing = list_partitions(table, "dt", BEGIN, END)
    for key in listing.keys:
        with suppress(LakeUnusable):
            for file in partition_files(table, "dt", key) or ():
                assert Path(file).resolve().is_relative_to(table.resolve()), key


def hive(text: str) -> None:
    """Read what a server says of partitions, columns and errors."""
    key_of(text, "dt")
    column_of("c", text)
    assert code_of_text(text).startswith("LAKE-")
