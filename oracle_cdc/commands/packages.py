"""What to install where a package is missing. It imports none that could be."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from oracle_cdc.errors import SettingsError

#: Packages of the checkout: one that is missing is no matter of `pip install`.
OURS = ("awslite", "config", "oracle_cdc", "oralite", "sync_monitor", "trinolite")

RUN = "requirements-run.txt"
#: Packages that not every command needs, by the names that are imported -> the file that has each.
BESIDE = {
    "nats": "requirements-events.txt",
    "nkeys": "requirements-events.txt",
    "pymysql": "requirements-events.txt",
    "duckdb": "requirements-monitor.txt",
    "trino": "requirements-monitor.txt",
    "impala": "requirements-monitor.txt",
    "flask": "requirements-monitor.txt",
    "waitress": "requirements-monitor.txt",
    "anthropic": "requirements-triage.txt",
    "moto": "requirements.txt",
    "apsw": "requirements.txt",
    "cryptography": "requirements.txt",
}


#: File -> the extra of our package that has the same, for where there is no checkout.
EXTRAS = {
    "requirements-events.txt": "events",
    "requirements-monitor.txt": "monitor",
    "requirements-triage.txt": "triage",
    "requirements.txt": "demo",
}


def require_packages(command: str, file: str, *names: str) -> None:
    """Raise SettingsError when a package that a command needs is not installed.

    Parameters:
        file: that has them.
    """
    missing: list[str] = []
    for name in names:
        if find_spec(name) is None:
            missing.append(name)
    if missing:
        raise SettingsError(f"{command} needs {', '.join(missing)}: {installing(file)}")


def installing(file: str) -> str:
    """Return what installs the packages of a file, in a checkout and where there is none."""
    said = f"`pip install -r {file}`"
    extra = EXTRAS.get(file)
    if extra is None:
        return said
    return f"{said}, or outside a checkout `pip install 'oracle-cdc-sqs[{extra}]'`"


def explain_missing(error: ModuleNotFoundError) -> str | None:
    """Return what to do about a package that was not found, None where it is one of ours."""
    package = (error.name or "").partition(".")[0]
    if not package or package in OURS:
        return None
    file = BESIDE.get(package, RUN)
    return (
        f"{sys.executable} has no package {package}: start it with the Python of a venv, such as "
        f"venv/bin/python, in which this has run: {installing(file)}"
    )
