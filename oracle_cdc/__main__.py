"""`python -m oracle_cdc`: the same as the command `oracle-cdc`."""

from __future__ import annotations

import sys

from oracle_cdc.cli import main

if __name__ == "__main__":
    sys.exit(main())
