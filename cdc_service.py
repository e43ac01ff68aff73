"""The command line of oracle-cdc-sqs: conversations to SQS, answers back to Oracle."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from oracle_cdc.cli import Origin, main


def read_page() -> Mapping[str, Mapping[str, object]]:
    """Return the dictionaries of config.py, each by the prefix of its variables."""
    # Not at the top: whoever has broken the page can still ask for --help.
    import config

    return {"CDC_": config.CDC_CONFIG, "LOGGING_": config.LOGGING_CONFIG}


if __name__ == "__main__":
    here = Path(__file__).parent
    sys.exit(main(sys.argv[1:], Origin("cdc_service.py", here, read_page, here / "config.py")))
