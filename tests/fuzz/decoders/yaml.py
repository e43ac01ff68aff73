"""config.yaml: sections and keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from oracle_cdc.programs import KEY_PATHS
from oracle_cdc.settings.yaml_file import read_yaml_file
from tests.documents import ROOT
from tests.fuzz.decoders import Take

WORDS = (
    b"oracle:\n  user: ",
    b"&a ",
    b"*a",
    b"<<: ",
    b"!!python/object/apply:os.system ",
    b"%YAML 1.",
    b"%TAG ! tag:",
    b'"\\U00110000"',
    b'"\\ud800',
    b"|2-\n",
    b"? ",
    b"---\n",
    b"monitor_syncs:",
    b"table_transformers:",
)
BOMB = (
    b"a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n"
)


def seeds() -> Sequence[bytes]:
    example = (ROOT / "config/config.yaml.example").read_bytes()
    found = [BOMB, b"oracle: &a\n  ? *a\n  : *a\n", b"[" * 50, b'oracle: {user: "\\x41"}\n']
    found += [b'oracle:\n  user: "\\UFFFFFFFF"\n', b"%YAML 1." + b"9" * 5000 + b"\n--- {}\n"]
    for start in range(0, len(example), 1500):
        found.append(example[start : start + 1500])
    return found


@contextmanager
def opened() -> Iterator[Take]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.yaml"

        def take(data: bytes) -> None:
            file.write_bytes(data)
            source = read_yaml_file(file, KEY_PATHS, shown="config.yaml")
            assert all("config.yaml" in mistake for mistake in source.mistakes)

        yield take
