"""The same as `extract`: of the checkout that this file stands in, else of the package that pip installed."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

try:
    if (CHECKOUT / "cdc_service.py").exists():
        sys.path.insert(0, str(CHECKOUT))
        from cdc_service import run
    else:
        from oracle_cdc.cli import main as run
    sys.exit(run(["extract", *sys.argv[1:]]))
except ModuleNotFoundError as error:
    sys.exit(
        f"Python finds no {error.name}. Run scripts/setup_extraction.sh (Windows: setup_extraction.bat), then start\n"
        "this with venv/bin/python (Windows: venv\\Scripts\\python). Outside a checkout: pip install the package."
    )
