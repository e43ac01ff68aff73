"""What streams say of themselves: GoldenGate's answers, manifests of Fusion's extracts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sync_monitor.metering import Meter
from sync_monitor.streams.extracts import Extracts
from sync_monitor.streams.goldengate import judge_paths, paths_of
from sync_monitor.streams.seam import StreamUnknown
from tests.fuzz.decoders import Take
from tests.monitor.building import NOW

WORDS = (
    b'{"response":{"heartbeats":[',
    b'"lagSeconds":',
    b'"ageSeconds":',
    b"1e400",
    b"NaN",
    b";1;" + b"0" * 64,
    b"../outside",
    b"\xef\xbb\xbf",
)


def seeds() -> Sequence[bytes]:
    heartbeats = [{"lagSeconds": 4, "ageSeconds": "20"}, {"lagSeconds": None, "ageSeconds": 1}]
    found = [json.dumps({"response": {"heartbeats": heartbeats}}).encode()]
    for file in (b"part.csv", b"..", b"a" * 300, b"inner/part.csv", b"\x00"):
        found.append(file + b";1;" + b"0" * 64 + b"\n")
    return found


@contextmanager
def opened() -> Iterator[Take]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "part.csv").write_bytes(b"1,2\n")
        extracts = Extracts(Path(folder), lambda: NOW)

        def take(data: bytes) -> None:
            with suppress(StreamUnknown):
                paths = paths_of(data)
                if paths:
                    judge_paths(paths, timedelta(hours=1), NOW)
            (Path(folder) / "newest.mf").write_bytes(data)
            with suppress(StreamUnknown):
                counts = extracts.count(Meter(), Meter())
                assert 0 <= counts.missing <= counts.expected
                assert len(extracts.sums) <= counts.expected

        yield take
