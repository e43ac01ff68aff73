"""`extract`, as a person types it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.process import PATIENCE_SECONDS, ROOT, finished, running, wait_for
from tests.integration.extractions import OWNER, PASSWORD, Schema, serve_schema

REQUIREMENTS = ROOT / "scripts" / "requirements_extraction.txt"
#: Of requirements-run.txt, what an extraction must do without, as they are imported.
OTHERS = ("boto3", "botocore", "tenacity", "prometheus_client", "pythonjsonlogger", "moto", "apsw")
WITHOUT_OTHERS = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {OTHERS!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Refuse())
from oracle_cdc.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def schema(tmp_path: Path) -> Iterator[Schema]:
    with serve_schema(tmp_path / "out") as schema:
        for name in ("A", "BEES"):
            schema.run(f"CREATE TABLE app.{name} (ID NUMBER, NAME VARCHAR2(20))")
            schema.run(
                f"INSERT INTO app.{name} SELECT LEVEL, 'שם' || LEVEL FROM DUAL "
                "CONNECT BY LEVEL <= 1500"
            )
        schema.run("COMMENT ON TABLE app.BEES IS 'bees'")
        schema.run("CREATE VIEW app.C AS SELECT ID FROM app.A")
        yield schema


def environment(schema: Schema, **changes: str) -> dict[str, str]:
    given = {"ORACLE_USER": OWNER, "ORACLE_PASSWORD": PASSWORD, "ORACLE_DSN": schema.server.dsn}
    return {**given, **changes}


def extract(schema: Schema, *arguments: str, **changes: str) -> tuple[int, str, str]:
    command = ["extract", "--out", str(schema.folder), *arguments]
    return finished(command, environment(schema, **changes))


def test_samples_are_written_with_oracles_settings_alone(schema: Schema) -> None:
    code, out, err = extract(schema)
    assert (code, err) == (0, "")
    assert "✅ APP.A: 1000 rows, 2 columns" in out
    assert f"2 tables in the folder {schema.folder}" in out
    assert len(schema.names()) == 3 + 2 * 3


def test_the_list_of_tables_writes_no_file(schema: Schema) -> None:
    code, out, _ = extract(schema, "--list-tables")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["APP.A", "APP.BEES", "APP.C", "3"]
    assert "bees" in out
    assert "a view" in out
    assert not schema.folder.exists()


def test_a_failed_table_is_exit_code_1_and_stops_no_other(schema: Schema) -> None:
    code, out, _ = extract(schema, "--tables", "nothing,a")
    assert code == 1
    assert "❌ APP.NOTHING: " in out
    assert "✅ APP.A: " in out


def test_the_name_of_a_column_that_is_left_out_does_nothing_to_a_terminal(schema: Schema) -> None:
    schema.run('CREATE TABLE app.ODD (ID NUMBER, "a\x1b[2J" LONG)')
    code, out, _ = extract(schema, "--tables", "odd")
    assert code == 0
    assert '⚠️  APP.ODD: column "a?[2J" left out' in out


def test_usage_is_wrong_before_anything_is_written(schema: Schema) -> None:
    for arguments in (
        ["--where", "1=1; DROP TABLE a"],
        ["--where", ""],
        ["--redact", "NMAE"],
        ["--rows", "-1"],
        ["--tables", ""],
        ["--schema", " "],
    ):
        code, out, err = extract(schema, *arguments)
        assert (code, out) == (2, "")
        assert arguments[0] in err
    assert not schema.folder.exists()


def test_a_condition_is_shown(schema: Schema) -> None:
    code, out, _ = extract(schema, "--where", "ID < 3", "--tables", "a", "--format", "csv")
    assert code == 0
    assert out.startswith("only rows where: ID < 3\n")
    assert "APP.A: 2 rows" in out


def test_settings_name_the_usual_schema_and_tables(schema: Schema) -> None:
    _, out, _ = extract(schema, ORACLE_TABLES="bees")
    assert re.findall(r"APP\.(\w+)", out) == ["BEES"]
    code, _, err = extract(schema, ORACLE_SCHEMA="hr")
    assert code == 1
    assert "schema HR" in err


def test_a_misspelt_setting_is_warned_of(schema: Schema) -> None:
    code, out, _ = extract(schema, ORACLE_TABELS="bees")
    assert code == 0
    assert "ORACLE_TABELS in the environment is passed over: not known; nearest" in out


def test_a_refused_password_is_exit_code_3(schema: Schema) -> None:
    code, out, err = extract(schema, ORACLE_PASSWORD="wrong-canary")
    assert code == 3
    assert "ORA-01017" in err
    assert "wrong-canary" not in out + err


def test_no_password_is_in_any_file(schema: Schema) -> None:
    extract(schema)
    for path in schema.folder.iterdir():
        assert PASSWORD.encode() not in path.read_bytes()


def test_ctrl_c_leaves_whole_files_only(schema: Schema) -> None:
    schema.server.faults.set("hang on fetch when BEES")
    command = ("extract", "--rows", "0", "--out", str(schema.folder))
    with running(environment(schema), *command) as process:
        wait_for(
            "the second table to begin",
            lambda: bool(list(schema.folder.glob("BEES_sample_*.part"))),
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 130
    assert not list(schema.folder.glob("*.part"))
    assert len(list(schema.folder.glob("A_sample_*"))) == 2
    assert not list(schema.folder.glob("BEES_sample_*"))
    assert not schema.written("manifest.json")["complete"]


def test_a_terminal_shows_a_bar_and_a_pipe_none(schema: Schema) -> None:
    command = [sys.executable, str(ROOT / "cdc_service.py"), "extract"]
    command += ["--rows", "0", "--out", str(schema.folder)]
    ours, theirs = pty.openpty()
    variables = {**environment(schema), "TERM": "xterm", "PATH": os.environ["PATH"]}
    ended = subprocess.run(
        command, env=variables, stdout=subprocess.PIPE, stderr=theirs, check=True
    )
    os.close(theirs)
    assert b"rows" in os.read(ours, 100_000)
    os.close(ours)
    assert b"\x1b" not in ended.stdout


def test_no_other_package_is_needed_than_its_requirements_name(
    schema: Schema, tmp_path: Path
) -> None:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    run = (ROOT / "requirements-run.txt").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} <= set(run)
    ended = extract_without_others(schema, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_where_its_packages_are_missing_ssm_says_how_to_install_them(
    schema: Schema, tmp_path: Path
) -> None:
    ended = extract_without_others(schema, tmp_path, SSM_PATH="/app/oracle", AWS_REGION="eu-west-1")
    assert ended.returncode == 2
    assert "SSM_PATH: tenacity is missing; pip install boto3 tenacity, or unset it" in ended.stderr


def extract_without_others(
    schema: Schema, directory: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_OTHERS, "extract", "--out", str(schema.folder)]
    variables = {**environment(schema), "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(
        command, env=variables, cwd=directory, capture_output=True, text=True, check=False
    )
