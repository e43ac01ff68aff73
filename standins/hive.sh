#!/bin/sh
# Runs the tests of lakes with a genuine HiveServer2: PyPI's pyspark, in a venv of its own (540 MB, once).
# Where there is no Java, or no pyspark to be had, they are skipped with a line, or fail with REQUIRE_HIVE=1.
set -eu
HIVE_VENV="${HIVE_VENV:-.venv-hive}"

skip() {
    echo "test-hive: skipped: $1" >&2
    [ -z "${REQUIRE_HIVE:-}" ]
    exit
}

command -v java >/dev/null || skip "java is missing (17 or newer; Debian: openjdk-17-jre-headless)"
if [ ! -x "$HIVE_VENV/bin/pip" ]; then
    python3 -m venv "$HIVE_VENV"
fi
if ! "$HIVE_VENV/bin/pip" show --quiet pyspark 2>/dev/null; then
    echo "Installing pyspark into $HIVE_VENV: a minute, once"
    "$HIVE_VENV/bin/pip" install --quiet --disable-pip-version-check -r requirements-hive.txt ||
        skip "pyspark could not be installed"
fi
PYSPARK_HOME=$("$HIVE_VENV/bin/python" -c 'import importlib.util as u; print(u.find_spec("pyspark").submodule_search_locations[0])')
export PYSPARK_HOME
exec .venv/bin/python -m pytest tests/lakes -k hive "$@"
