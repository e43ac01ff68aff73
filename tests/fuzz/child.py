"""One decoder under atheris, in a process of its own: `python -m tests.fuzz.child NAME KEPT ...`.

KEPT is where the input of a bug is kept. The options behind it are libFuzzer's. It ends at the
first input that is a bug.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from tests.fuzz.decoders import find_decoder

#: Whose branches lead the way to new inputs.
FOLLOWED = ["oracle_cdc", "sync_monitor", "oralite", "awslite", "trinolite", "yaml", "dotenv"]


def main(name: str, kept: Path, options: list[str]) -> None:
    """Feed a decoder until libFuzzer is content, or finds a bug, whose input it keeps."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=FOLLOWED):
        decoder = find_decoder(name)
        with decoder.opened() as take:

            def taken(data: bytes) -> None:
                try:
                    take(data)
                except BaseException:
                    kept.write_bytes(data)
                    raise

            atheris.Setup([sys.argv[0], *options], taken)
            atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
