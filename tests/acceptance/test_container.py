"""The image: what goes into it, how it is made, and that what is in it runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oracle_cdc.programs import ALL_NAMES
from oracle_cdc.settings.listing import SECRET_NAME
from tests import documents
from tests.dockerfile import (
    OF_FUNCTIONS,
    copied,
    instructions,
    is_ignored,
    matches,
    values,
    variables,
)
from tests.documents import ROOT, tracked_files

HADOLINT = shutil.which("hadolint", path=Path(sys.executable).parent)
LOCKS = [
    "requirements-build.lock",
    "requirements-events.lock",
    "requirements-monitor.lock",
    "requirements-run.lock",
]
PRIVATE = (
    ".env",
    ".git/config",
    ".venv/bin/python",
    "config/config.yaml",
    "config/config.yaml.example",
    "k8s/secret.yaml",
    "logs/cdc_service.log",
    "sample_data_spc/T.csv",
    "deploy/terraform/terraform.tfstate",
    "tests/acceptance/test_container.py",
    "oralite/__init__.py",
    "awslite/__init__.py",
    "oracle_cdc/__pycache__/cli.cpython-312.pyc",
    "oracle_cdc/events/__pycache__/settings.cpython-312.pyc",
    "init_oracle_tables.sql.bak",
    "anything",
)


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed (requirements-dev.txt)")
def test_hadolint_has_nothing_to_say_of_the_dockerfile() -> None:
    said = subprocess.run(
        [str(HADOLINT), "Dockerfile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_everything_that_is_copied_is_there_and_reaches_the_builder() -> None:
    sources = [source for source, _ in copied()]
    wanted = {"cdc_service.py", "config.py", "init_oracle_tables.sql", "init_mariadb_tables.sql"}
    assert wanted | {"oracle_cdc", "sync_monitor"} < set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert not is_ignored(source), source


def test_all_of_the_package_reaches_the_builder() -> None:
    files = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    package = [name for name in files if name.startswith(("oracle_cdc/", "sync_monitor/"))]
    assert len(package) > 300
    assert [name for name in package if is_ignored(name)] == []


def test_nothing_that_is_not_copied_reaches_the_builder() -> None:
    sources = {source for source, _ in (*copied(), *copied(OF_FUNCTIONS))}
    for path in tracked_files():
        name = path.relative_to(ROOT).as_posix()
        is_copied = name in sources or name.startswith(("oracle_cdc/", "sync_monitor/", "models/"))
        assert is_copied != is_ignored(name), name


@pytest.mark.parametrize("path", PRIVATE)
def test_what_is_private_or_needless_does_not_reach_the_builder(path: str) -> None:
    assert is_ignored(path)


@pytest.mark.parametrize(
    ("pattern", "path", "is_meant"),
    [
        ("*", "a/b/c", True),
        ("oracle_cdc", "oracle_cdc/a.py", True),
        ("oracle_cdc", "oracle_cdc2/a.py", False),
        ("*.pyc", "a/b.pyc", False),
        ("**/*.pyc", "a/b.pyc", True),
        ("**/*.pyc", "b.pyc", True),
        ("**/__pycache__", "a/__pycache__/b.pyc", True),
    ],
)
def test_a_pattern_means_what_it_means_to_docker(pattern: str, path: str, is_meant: bool) -> None:
    assert matches(pattern, path) is is_meant


def test_both_stages_have_the_base_that_can_be_chosen_and_is_named_with_its_version() -> None:
    assert instructions()[0] == ("ARG", "BASE=python:3.12-slim")
    assert [line.split()[0] for line in values("FROM")] == ["${BASE}", "${BASE}"]


def test_it_is_run_by_a_number_that_is_not_root() -> None:
    assert values("USER") == ["10001:10001"]
    last_stage = max(i for i, (keyword, _) in enumerate(instructions()) if keyword == "FROM")
    assert ("USER", "10001:10001") in instructions()[last_stage:]


def test_arguments_of_a_run_are_those_of_the_service() -> None:
    (entry,) = values("ENTRYPOINT")
    assert json.loads(entry) == ["/venv/bin/python", "/app/cdc_service.py"]
    assert (values("CMD"), values("STOPSIGNAL"), values("HEALTHCHECK")) == (
        [],
        ["SIGTERM"],
        ["NONE"],
    )


def test_the_environment_of_the_image_has_settings_and_no_secret() -> None:
    assert variables() == {"LOG_DIR": "none"}
    assert variables().keys() <= ALL_NAMES.known
    for line in values("ARG"):
        assert not SECRET_NAME.search(line), line


def test_what_is_installed_is_what_production_needs_and_known_by_its_hash() -> None:
    (line,) = (line for line in values("RUN") if "pip" in line)
    assert sorted(re.findall(r"--requirement /build/(\S+)", line)) == LOCKS
    installing = [step for step in line.split("&&") if " install " in step]
    assert len(installing) == 2
    # Else pip fetches what builds a package, and asks for no hash.
    assert "--no-build-isolation" in installing[1]
    for step in installing:
        assert "--require-hashes" in step


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Copy what the Dockerfile copies to where it comes to lie."""
    target = tmp_path / "app"
    target.mkdir()
    for source, place in copied():
        if place.startswith("/build/"):
            continue
        if (ROOT / source).is_dir():
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / source, target / place, ignore=without)
        else:
            shutil.copy2(ROOT / source, target / place)
    return target


def run(image: Path, *command: str, **environment: str) -> str:
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=image,
        env={"PATH": os.environ["PATH"], **variables(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_what_is_copied_is_enough_to_run(image: Path) -> None:
    assert run(image, "cdc_service.py", "--help").startswith("usage: cdc_service.py")
    ddl = (ROOT / "init_oracle_tables.sql").read_text(encoding="utf-8")
    assert run(image, "cdc_service.py", "init-tables", "--print") == ddl


def test_what_is_copied_has_every_module_of_the_commands(image: Path) -> None:
    code = (
        "import pkgutil, sys, importlib, oracle_cdc, sync_monitor\n"
        "from oracle_cdc.sql.ddl import read_packaged\n"
        "for each in pkgutil.walk_packages(oracle_cdc.__path__, 'oracle_cdc.'):\n"
        "    if not each.name.startswith(('oracle_cdc.demo', 'oracle_cdc.commands.demo')):\n"
        "        if not each.name.endswith('__main__'):\n"
        "            importlib.import_module(each.name)\n"
        "for each in pkgutil.walk_packages(sync_monitor.__path__, 'sync_monitor.'):\n"
        "    importlib.import_module(each.name)\n"
        "assert read_packaged('init_mariadb_tables.sql')\n"
        "print(sorted(set(sys.modules) & {'oralite', 'awslite', 'moto', 'apsw', 'standins'}))\n"
    )
    assert run(image, "-c", code) == "[]\n"


def test_the_variables_of_the_documented_run_are_enough(image: Path) -> None:
    page = documents.section("docs/container.md", "## Run")
    (block,) = (each for each in documents.blocks(page, "bash") if '-e PIPELINES="events"' in each)
    given = dict(re.findall(r'-e (\w+)="([^"]*)"', block))
    shown = {}
    for each in json.loads(run(image, "cdc_service.py", "settings", "--json", **given)):
        shown[each["name"]] = each["place"]
    assert {shown[name] for name in given} == {"the environment"}


DOCKER = '#!/bin/sh\n[ "$1" = info ] && exit {code}\necho docker "$@"\n'
BUILDAH = '#!/bin/sh\necho buildah "$@"\n'


def make_image(tmp_path: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run the script where these programs, and no others of their kind, are to be found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dirname").symlink_to(str(shutil.which("dirname")))
    for name, text in programs.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    command = ["/bin/sh", str(ROOT / "deploy/build_image.sh"), "name:1", "--build-arg", "BASE=b"]
    return subprocess.run(
        command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("programs", "line"),
    [
        (
            {"docker": DOCKER.format(code=0), "buildah": BUILDAH},
            "docker build --tag name:1 --build-arg BASE=b .\n",
        ),
        (
            {"docker": DOCKER.format(code=1), "buildah": BUILDAH},
            "buildah build --format docker --tag name:1 --build-arg BASE=b .\n",
        ),
        ({"buildah": BUILDAH}, "buildah build --format docker --tag name:1 --build-arg BASE=b .\n"),
    ],
    ids=["docker", "docker without a daemon", "buildah alone"],
)
def test_an_image_is_built_with_what_works_here(
    tmp_path: Path, programs: dict[str, str], line: str
) -> None:
    ended = make_image(tmp_path, **programs)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, line, "")


@pytest.mark.parametrize("programs", [{}, {"docker": DOCKER.format(code=1)}])
def test_without_docker_and_buildah_no_image_is_said_to_be_built(
    tmp_path: Path, programs: dict[str, str]
) -> None:
    ended = make_image(tmp_path, **programs)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert re.fullmatch("no image was built: neither docker .* nor buildah .*\n", ended.stderr)
