"""One decoder under atheris, in a process of its own: `python -m tests.fuzz.child NAME OPTION...`.

The options are libFuzzer's. It ends at the first input that is a bug.
"""

from __future__ import annotations

import sys
from importlib import import_module

from tests.fuzz.decoders import find_decoder

#: Whose branches lead the way to new inputs.
FOLLOWED = ["oracle_cdc", "sync_monitor", "oralite", "awslite", "trinolite", "yaml", "dotenv"]


def main(name: str, options: list[str]) -> None:
    """Feed a decoder until libFuzzer is content, or finds a bug."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=FOLLOWED):
        decoder = find_decoder(name)
        with decoder.opened() as take:
            atheris.Setup([sys.argv[0], *options], take)
            atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
