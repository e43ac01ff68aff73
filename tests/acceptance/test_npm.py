"""The lines of npm that people know, as they type them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.documents import ROOT
from tests.processor.conftest import pipelines as pipelines
from tests.processor.pipelines import PipelineWorld
from tests.test_document_links import PARSERS

NPM = shutil.which("npm")
SCRIPTS = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["scripts"]
BEGINNING = "PATH=.venv/bin:venv/bin:$PATH python3 cdc_service.py "
#: Line -> what it says.
LINES = {
    "invoke:local -- --function cdc-processor --event events/sample-cdc-event.json": (
        '{"batchItemFailures": []}'
    ),
    "checkpoint:status": "processor cdc-processor, stream",
    "checkpoint:reset -- --processor cdc-processor-1": "nothing is kept of cdc-processor-1",
    "health:check": "✅ bus: ",
    "dlq:process": "0 events published, 0 failed again",
    "logs:tail -- --once": "a line of the service",
}
#: Line -> with what it ends, if not with 0. Here nobody has processed anything.
CODES = {"checkpoint:reset -- --processor cdc-processor-1": 2}


@pytest.mark.parametrize("line", LINES)
@pytest.mark.skipif(NPM is None, reason="npm is not installed")
def test_a_line_of_npm_does_what_it_says(
    pipelines: PipelineWorld, tmp_path: Path, line: str
) -> None:
    (tmp_path / "cdc_service.log").write_text("a line of the service\n", encoding="utf-8")
    environment = pipelines.environment(LOG_DIR=str(tmp_path))
    # Of the checkout are the tables of config.py, and their models.
    del environment["TABLE_TRANSFORMERS"], environment["CHANGES_MODELS_DIR"]
    done = subprocess.run(
        [str(NPM), "run", *line.split()],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == CODES.get(line, 0), said
    assert LINES[line] in said


def test_the_package_has_no_dependencies() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert not package.keys() & {"dependencies", "devDependencies", "peerDependencies"}


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_each_short_name_is_of_a_command_that_there_is(name: str) -> None:
    assert SCRIPTS[name].startswith(BEGINNING)
    command = SCRIPTS[name].removeprefix(BEGINNING).split()
    options = PARSERS["oracle_cdc"]().parse_args(command)
    assert options.command == command[0]
