"""The scripts of an extraction: where they start, what they say, and what stands in them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oracle_cdc.programs import ALL_NAMES
from tests import documents
from tests.acceptance.process import finished
from tests.documents import ROOT
from tests.integration.extractions import OWNER, PASSWORD, serve_schema

SCRIPTS = ROOT / "scripts"
SCRIPT = SCRIPTS / "extract_sample_data.py"
#: Rows of the page that no test can bring about.
UNTESTED = {"an error of pip, or nothing for ten minutes", "ensurepip is not available"}
Variables = dict[str, str]


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Variables]:
    """Yield settings that reach a schema with one table."""
    with serve_schema(tmp_path_factory.mktemp("out")) as schema:
        schema.run("CREATE TABLE app.jobs (ID NUMBER)")
        schema.run(f'CREATE USER NOBODY IDENTIFIED BY "{PASSWORD}"')
        schema.run("GRANT CREATE SESSION TO NOBODY")
        host, port, service = re.split("[:/]", schema.server.dsn)
        yield {
            "ORACLE_USER": OWNER,
            "ORACLE_PASSWORD": PASSWORD,
            "ORACLE_HOST": host,
            "ORACLE_PORT": port,
            "ORACLE_SERVICE_NAME": service,
            "ORACLE_CONNECT_TIMEOUT_SECONDS": "5",
        }


def say(*command: str, folder: Path, **given: str) -> str:
    """Return what a program says, its complaints included."""
    ended = subprocess.run(
        command, cwd=folder, env=given, capture_output=True, text=True, timeout=60, check=False
    )
    return ended.stdout + ended.stderr


# --- extract_sample_data.py -----------------------------------------------------------------------


def test_the_script_of_a_checkout_starts_from_any_folder(
    variables: Variables, tmp_path: Path
) -> None:
    said = say(sys.executable, str(SCRIPT), "--out", "here", folder=tmp_path, **variables)
    assert "✅ APP.JOBS: 0 rows, 1 column" in said
    assert (tmp_path / "here" / "manifest.json").exists()


def test_the_script_copied_away_uses_the_package_that_pip_installed(
    variables: Variables, tmp_path: Path
) -> None:
    copy = shutil.copy(SCRIPT, tmp_path)
    listed = say(
        sys.executable, copy, "--list-tables", folder=tmp_path, PYTHONPATH=str(ROOT), **variables
    )
    assert "APP.JOBS" in listed


def test_the_script_copied_next_to_nothing_says_what_is_missing(tmp_path: Path) -> None:
    said = copied_next_to_nothing({}, tmp_path)
    assert said.startswith("Python finds no oracle_cdc. Run scripts/setup_extraction.sh")
    assert "Traceback" not in said


# --- setup_extraction.sh and .bat -----------------------------------------------------------------


def test_the_file_of_settings_names_settings_only() -> None:
    lines = (SCRIPTS / "extraction.env.example").read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if not line.startswith("#")}
    assert named <= ALL_NAMES.known
    assert len(named) == 5


def test_windows_reads_the_batch_file() -> None:
    text = (SCRIPTS / "setup_extraction.bat").read_bytes()
    # cmd.exe loses its place at labels where lines end otherwise, and reads no UTF-8.
    assert text.count(b"\n") == text.count(b"\r\n") > 0
    assert text.isascii()
    labels = re.findall(rb"^:(\w+)", text, re.MULTILINE)
    assert sorted(set(re.findall(rb"goto (\w+)", text))) == sorted(labels)


def test_both_scripts_run_the_same_commands() -> None:
    batch = (SCRIPTS / "setup_extraction.bat").read_text(encoding="ascii")
    shell = (SCRIPTS / "setup_extraction.sh").read_text(encoding="utf-8")
    theirs = re.findall(r"^venv\\Scripts\\python (.+)$", batch, re.MULTILINE)
    ours = re.findall(r"^ *(?:exec )?venv/bin/python (.+)$", shell, re.MULTILINE)
    assert [command.replace("\\", "/") for command in theirs] == ours
    assert len(ours) == 2


# --- What the page says of failures ---------------------------------------------------------------


@contextmanager
def deaf_port() -> Iterator[str]:
    """Lend a port where connections are taken and nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        yield str(deaf.getsockname()[1])


def extracting(*arguments: str, **changes: str) -> Callable[[Variables, Path], str]:
    """Return what extracts with other settings or arguments."""

    def extract(variables: Variables, folder: Path) -> str:
        given = {**variables, **changes}
        _, out, err = finished(["extract", "--out", str(folder / "out"), *arguments], given)
        return out + err

    return extract


def with_old_python(variables: Variables, folder: Path) -> str:
    shell = str(SCRIPTS / "setup_extraction.sh")
    return say("bash", shell, folder=folder, PYTHON="false", PATH="/usr/bin:/bin")


def without_packages(variables: Variables, folder: Path) -> str:
    return say(sys.executable, "-S", str(SCRIPT), folder=folder)


def copied_next_to_nothing(variables: Variables, folder: Path) -> str:
    return say(sys.executable, shutil.copy(SCRIPT, folder), folder=folder)


def without_answer(variables: Variables, folder: Path) -> str:
    with deaf_port() as port:
        changes = {"ORACLE_PORT": port, "ORACLE_CALL_TIMEOUT_SECONDS": "0.1"}
        changes["ORACLE_CONNECT_TIMEOUT_SECONDS"] = "0.1"
        return extracting(**changes)(variables, folder)


FAILURES = {
    "Python 3.10 or newer is needed": with_old_python,
    "Python finds no": copied_next_to_nothing,
    "has no package": without_packages,
    "missing; set it": extracting(ORACLE_PASSWORD=""),
    "can't be resolved": extracting(ORACLE_HOST="db.invalid"),
    "no answer within": without_answer,
    "nobody listens there": extracting(ORACLE_PORT="1"),
    "the listener does not know the service": extracting(ORACLE_SERVICE_NAME="NOSUCH"),
    "ORA-01017": extracting(ORACLE_PASSWORD="wrong"),
    "no table that this user may read": extracting("--list-tables", ORACLE_USER="NOBODY"),
    "no table or view of this name": extracting("--tables", "NOSUCH"),
    "no table that is extracted has a column": extracting("--redact", "NAME"),
}


@pytest.mark.parametrize("words", FAILURES)
def test_a_failure_says_the_words_that_the_page_answers(
    words: str, variables: Variables, tmp_path: Path
) -> None:
    assert words in FAILURES[words](variables, tmp_path)


def test_the_page_answers_these_failures_and_no_other() -> None:
    section = documents.section("docs/QUICK_START.md", "## When it fails")
    answered = {row[0].strip("`") for row in documents.rows(section)}
    assert answered == set(FAILURES) | UNTESTED
