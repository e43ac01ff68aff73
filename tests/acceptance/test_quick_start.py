"""docs/QUICK_START.md does what it says, typed as it stands in a fresh copy of the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pip
import pytest

from tests import documents
from tests.acceptance.wheelhouse import make_wheelhouse
from tests.documents import ROOT
from tests.integration.extractions import PASSWORD, Schema, serve_schema
from tests.sharing import make_once

#: A venv is made and filled, which a busy machine takes its time for.
PATIENCE_SECONDS = 280
pytestmark = pytest.mark.timeout(300)
PAGE = documents.read("docs/QUICK_START.md")
READER = "READER"
#: Between the output of two blocks.
NEXT = "-- the next block --"
#: Folders that no user of the page needs.
NOT_COPIED = ("tests/", "oralite/", "awslite/", "bench/", "standins/")
#: Python, which has pip in a new venv at once: it takes seconds to compile its own copy there.
PYTHON = f"""
if [ "$1 $2 $#" != "-m venv 3" ]; then exec {sys.base_prefix}/bin/python3 "$@"; fi
{sys.base_prefix}/bin/python3 -m venv --without-pip "$3"
cp -rp {Path(pip.__file__).parent} "$3"/lib/python*/site-packages
ln -s python "$3/bin/pip"
"""
#: What is typed on Windows in the place of what is typed elsewhere.
ON_WINDOWS = (
    ("bash scripts/setup_extraction.sh", r"scripts\setup_extraction.bat"),
    ("venv/bin/python", r"venv\Scripts\python"),
    ("scripts/extract_sample_data.py", r"scripts\extract_sample_data.py"),
    ("nano ", "notepad "),
    ("rm -r ", "rmdir /s /q "),
    ("rm ", "del "),
)


@dataclass(frozen=True)
class Walk:
    """What a person saw who typed the page's blocks, and the folder before the last of them.

    again: what the first script says where .env is filled in.
    """

    folder: Path
    kept: Path
    seen: list[str]
    again: str


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return make_once(tmp_path_factory, "quick-start", take_walk)


def take_walk(home: Path) -> Walk:
    """Type the blocks of the page."""
    copy_checkout(home / "oracle-cdc-sqs")
    with serve_schema(home / "unused") as schema:
        make_tables(schema)
        programs = install_hands(home, schema)
        wheels = make_wheelhouse(ROOT / "scripts/requirements_extraction.txt", home / "wheels")
        blocks = documents.blocks(PAGE, "bash")
        kept = home / "kept"
        script = f"\necho '{NEXT}'\n".join([*blocks[:-1], f"cp -rpl . {kept}", blocks[-1]])
        given = environment(home, programs, wheels)
        seen = run_shell(script, home, given)
        again = run_shell("bash kept/scripts/setup_extraction.sh", home, given)
    return Walk(home / "oracle-cdc-sqs", kept, seen.split(f"{NEXT}\n"), again)


def run_shell(script: str, folder: Path, given: dict[str, str]) -> str:
    """Return what a script printed that succeeds and complains of nothing."""
    ended = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    return ended.stdout


def copy_checkout(folder: Path) -> None:
    """Copy what git knows, as a clone would have it."""
    for path in documents.tracked_files():
        name = str(path.relative_to(ROOT))
        if not name.startswith(NOT_COPIED):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)


def make_tables(schema: Schema) -> None:
    """Make the tables that the page shows, and a user who may only read them."""
    for user in (READER, "SALES"):
        schema.run(f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"')
        schema.run(f"GRANT CREATE SESSION TO {user}")
    schema.run("CREATE TABLE sales.colors_table (ID NUMBER, NAME VARCHAR2(20))")
    schema.run("INSERT INTO sales.colors_table VALUES (1, 'אדום')")
    schema.run("INSERT INTO sales.colors_table VALUES (2, 'כחול')")
    schema.run(
        "CREATE TABLE sales.orders (ID NUMBER, CUSTOMER_NAME VARCHAR2(20), PHONE VARCHAR2(20), "
        "TOTAL NUMBER)"
    )
    schema.run("COMMENT ON TABLE sales.orders IS 'one row for each order'")
    for number in (1, 2, 3):
        schema.run(
            "INSERT INTO sales.orders VALUES (:id, 'Canary Cohen', '050-1234567', 9.5)", id=number
        )
    for table in ("colors_table", "orders"):
        schema.run(f"GRANT SELECT ON sales.{table} TO {READER}")


def install_hands(home: Path, schema: Schema) -> Path:
    """Put a `nano` on the path that types what a person would, and the Python of this venv."""
    programs = home / "programs"
    programs.mkdir()
    add_program(programs / "python3", PYTHON)
    host, port, service = re.split("[:/]", schema.server.dsn)
    edits = ""
    for name, value in (
        ("USER", READER),
        ("PASSWORD", PASSWORD),
        ("HOST", host),
        ("SERVICE_NAME", service),
    ):
        edits += f"s/^ORACLE_{name}=$/ORACLE_{name}={value}/;"
    edits += f"s/^ORACLE_PORT=1521$/ORACLE_PORT={port}/"
    add_program(programs / "nano", f"sed -i '{edits}' \"$1\"")
    return programs


def add_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def environment(home: Path, programs: Path, wheels: Path) -> dict[str, str]:
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(home),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_NO_COMPILE": "1",
        "PIP_FIND_LINKS": str(wheels),
    }


def test_each_step_says_what_the_page_shows(walk: Walk) -> None:
    shown = documents.blocks(PAGE, "text")
    assert len(shown) == 3
    for expected, seen in zip(shown, walk.seen, strict=False):
        assert seen.strip() == expected


def test_prepared_once_more_with_settings_it_shows_the_tables(walk: Walk) -> None:
    _, _, tables = walk.again.partition("\n")
    assert tables == walk.seen[1]


def test_the_password_is_kept_in_a_file_of_ones_own(walk: Walk) -> None:
    assert stat.S_IMODE((walk.kept / ".env").stat().st_mode) == 0o600


def test_no_other_package_is_needed_than_the_requirements_name(walk: Walk) -> None:
    installed = set()
    for path in walk.kept.glob("venv/lib/python*/site-packages/*.dist-info"):
        installed.add(path.name.partition("-")[0].lower())
    assert "oracledb" in installed
    assert not installed & {"boto3", "apsw", "prometheus_client", "tenacity", "oracle_cdc_sqs"}


def test_the_file_to_send_holds_what_the_page_lists(walk: Walk) -> None:
    kinds = set()
    with zipfile.ZipFile(walk.kept / "sample_data.zip") as sent:
        for name in sent.namelist():
            if not name.endswith("/"):
                kinds.add(kind_of(name.partition("/")[2]))
    section = documents.section("docs/QUICK_START.md", "## What to send")
    listed = {row[0].strip("`") for row in documents.rows(section)}
    assert kinds == listed


def kind_of(file: str) -> str:
    """Return the name of a file as the page writes it."""
    file = re.sub("^.+_sample_[0-9]+_[0-9]+", "..._sample_...", file)
    return re.sub("^.+_schema", "..._schema", file)


def test_what_is_redacted_is_in_no_file(walk: Walk) -> None:
    for path in (walk.kept / "sample_data").iterdir():
        text = path.read_text(encoding="utf-8-sig")
        assert "Canary" not in text
        assert "050-1234567" not in text
    manifest = json.loads((walk.kept / "sample_data" / "manifest.json").read_bytes())
    assert manifest["complete"]


def test_nothing_private_is_left_at_the_end(walk: Walk) -> None:
    assert not list(walk.folder.glob("sample_data*"))
    assert not (walk.folder / ".env").exists()


def test_windows_is_given_the_same_commands() -> None:
    for theirs, ours in zip(
        documents.blocks(PAGE, "bat"), documents.blocks(PAGE, "bash"), strict=True
    ):
        for elsewhere, windows in ON_WINDOWS:
            ours = ours.replace(elsewhere, windows)
        assert sorted(theirs.splitlines()) == sorted(ours.splitlines())
