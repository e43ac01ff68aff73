"""The command line of oracle-cdc-sqs: conversations, events and row changes of Oracle."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from oracle_cdc.cli import Origin, main


def read_page() -> Mapping[str, Mapping[str, object]]:
    """Return the dictionaries of config.py, each by the prefix of its variables.

    What is a variable of its own has none.
    """
    # Not at the top: whoever has broken the page can still ask for --help.
    import config

    return {
        "CDC_": config.CDC_CONFIG,
        "LOGGING_": config.LOGGING_CONFIG,
        # A page that was edited before there were events, or row changes, has none.
        "PUBLISHER_": getattr(config, "PUBLISHER_CONFIG", {}),
        "MONITOR_": getattr(config, "MONITOR_CONFIG", {}),
        "": {
            "TABLE_TRANSFORMERS": getattr(config, "TABLE_TRANSFORMERS", {}),
            "MONITOR_SYNCS": getattr(config, "MONITOR_SYNCS", {}),
        },
    }


def run(arguments: Sequence[str]) -> int:
    """Run a command with the settings that stand beside this file, and return its exit code."""
    here = Path(__file__).parent
    return main(arguments, Origin("cdc_service.py", here, read_page, here / "config.py"))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
