"""config.yaml: sections and keys."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from oracle_cdc.programs import KEY_PATHS
from oracle_cdc.settings.yaml_file import read_yaml_file
from tests.fuzz.decoders import Take
from tests.fuzz.files import pieces, reading

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
    found = [BOMB, b"oracle: &a\n  ? *a\n  : *a\n", b"[" * 50, b'oracle: {user: "\\x41"}\n']
    found += [b'oracle:\n  user: "\\UFFFFFFFF"\n', b"%YAML 1." + b"9" * 5000 + b"\n--- {}\n"]
    return [*found, *pieces("config/config.yaml.example")]


def mistakes_in(file: Path) -> Sequence[str]:
    return read_yaml_file(file, KEY_PATHS, shown="config.yaml").mistakes


def opened() -> AbstractContextManager[Take]:
    return reading("config.yaml", mistakes_in)
