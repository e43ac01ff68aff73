#!/usr/bin/env bash
# Makes `venv` with what `extract` needs, and a `.env` to be filled in. Where it is filled in: shows which tables can be read.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    echo "❌ Python 3.10 or newer is needed: https://www.python.org/downloads/" >&2
    exit 1
fi
echo "Preparing the folder venv. The first time it takes a minute or two."
[ -x venv/bin/pip ] || "$PYTHON" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/requirements_extraction.txt
if [ -e .env ] || [ -n "${ORACLE_USER:-}${SSM_PATH:-}" ]; then
    exec venv/bin/python scripts/extract_sample_data.py --list-tables
fi
install -m 600 scripts/extraction.env.example .env
echo "✅ Prepared. Now fill in the file .env."
