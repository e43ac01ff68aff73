"""docs/ORACLE_EXTRACTION_INSTRUCTIONS.md: its programs run, its words are those that are said."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from standins.scriptedsqs import refuse, serve_endpoint
from tests import documents
from tests.acceptance.process import finished
from tests.acceptance.test_extraction_scripts import FAILURES
from tests.documents import ROOT
from tests.integration.extractions import OWNER, PASSWORD, serve_schema

PAGE = "docs/ORACLE_EXTRACTION_INSTRUCTIONS.md"
TROUBLES = "## When something fails"
#: What SSM answers -> what is said.
STORE_ANSWERS = {
    "no parameter below it": (200, {"Parameters": []}),
    "allow ssm:GetParametersByPath on it": refuse("AccessDeniedException"),
}
#: Said of codes that the stand-in does not give, or held to the code elsewhere.
SAID_ELSEWHERE = {"ORA-28000", "ORA-28001", "allow kms:Decrypt"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder whose .env leads to a database that has the page's table."""
    with serve_schema(tmp_path / "out") as schema:
        schema.run("CREATE TABLE app.colors_table (ID NUMBER PRIMARY KEY, NAME VARCHAR2(20))")
        for number in (10, 11):
            schema.run("INSERT INTO app.colors_table VALUES (:id, 'אדום')", id=number)
        lines = f"ORACLE_USER={OWNER}\nORACLE_PASSWORD={PASSWORD}\nORACLE_DSN={schema.server.dsn}\n"
        (tmp_path / ".env").write_text(lines, encoding="utf-8")
        (tmp_path / ".env").chmod(0o600)
        yield tmp_path


def run_program(program: str, folder: Path) -> str:
    """Return what a program prints that pip's package is installed for."""
    variables = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def test_the_programs_of_the_page_run_as_they_stand(folder: Path) -> None:
    looking, querying = documents.blocks(documents.read(PAGE), "python")
    assert "'COLORS_TABLE'" in run_program(looking, folder)
    _, *lines = run_program(querying, folder).splitlines()
    assert lines == ["APP COLORS_TABLE", "11 אדום"]


@pytest.mark.parametrize("words", STORE_ANSWERS)
def test_what_is_said_of_a_store_is_what_the_page_answers(words: str) -> None:
    with serve_endpoint(lambda _action, _request: STORE_ANSWERS[words]) as endpoint:
        variables = {
            "SSM_PATH": "/app/oracle",
            "AWS_ENDPOINT_URL_SSM": endpoint.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        code, _, err = finished(["extract", "--list-tables"], variables)
    assert code == 2
    assert words in err


def test_every_word_that_is_called_an_issue_is_said() -> None:
    _, _, issues = documents.section(PAGE, TROUBLES).partition("| issue |")
    said = set()
    for row in documents.rows(f"| issue |{issues}"):
        said |= set(re.findall("`([^`]+)`", row[1]))
    known = {*FAILURES, *STORE_ANSWERS, *SAID_ELSEWHERE, "ORACLE_CLIENT_LIB_DIR"}
    assert said <= known
    assert set(STORE_ANSWERS) <= said
