"""What pip installs: the whole package, its DDL, its command, and what it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import PathDistribution
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from oracle_cdc.cli import DESCRIPTION
from oracle_cdc.demo.events import mariadbserver
from oracle_cdc.log_files import FILES
from tests.acceptance.test_demo import files_of, secrets_of
from tests.mariadb.needs import do_without
from tests.sharing import make_once
from tests.world import World

ROOT = Path(__file__).parents[2]
EXTRAS = ("demo", "events", "monitor", "triage")
SCHEMA = (ROOT / "init_oracle_tables.sql").read_bytes()

needs_backend = pytest.mark.skipif(
    find_spec("hatchling") is None, reason="hatchling is not installed (requirements-dev.txt)"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_once(tmp_path_factory, "installed", install)


def install(home: Path) -> Path:
    """Build the wheel and install it, without the network, into a directory of its own."""
    wheels, target = home / "wheels", home / "target"
    wheels.mkdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels), cwd=ROOT)
    (wheel,) = wheels.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install")
    run(*pip, "--no-index", "--no-deps", "--target", str(target), str(wheel), cwd=wheels)
    return target


def run(
    *command: str, cwd: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    ended = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, timeout=100, check=False
    )
    assert ended.returncode == 0, (ended.stdout + ended.stderr).decode()
    return ended


def oracle_cdc(
    installed: Path, cwd: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command in a directory, with nothing of the checkout on its path."""
    needed = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "TMPDIR": str(cwd)}
    command = str(installed / "bin" / "oracle-cdc")
    return run(command, *arguments, cwd=cwd, environment={**needed, **environment})


@needs_backend
def test_the_installed_command_says_what_it_can_do(installed: Path, tmp_path: Path) -> None:
    shown = oracle_cdc(installed, tmp_path, "--help").stdout.decode()
    assert shown.startswith("usage: oracle-cdc [-h]")


@needs_backend
def test_the_package_and_the_help_say_the_same_of_what_it_is(installed: Path) -> None:
    (metadata,) = installed.glob("oracle_cdc_sqs-*.dist-info")
    assert PathDistribution(metadata).metadata["Summary"] == DESCRIPTION


@needs_backend
def test_the_installed_command_has_the_ddl(installed: Path, tmp_path: Path) -> None:
    assert oracle_cdc(installed, tmp_path, "init-tables", "--print").stdout == SCHEMA


@needs_backend
def test_the_package_has_the_tables_of_mariadb(installed: Path) -> None:
    name = "init_mariadb_tables.sql"
    assert (installed / "oracle_cdc" / name).read_bytes() == (ROOT / name).read_bytes()
    assert (installed / "oracle_cdc" / "mariadb" / "queries.sql").is_file()


@needs_backend
def test_the_installed_command_reads_env_in_its_directory(
    installed: Path, tmp_path: Path, world: World
) -> None:
    lines = []
    for name, value in world.environment(str(tmp_path)).items():
        if not name.startswith("P"):
            lines.append(f"{name}='{value}'\n")
    (tmp_path / ".env").write_text("".join(lines), encoding="utf-8")

    shown = oracle_cdc(installed, tmp_path, "check").stdout.decode()

    assert "✅ All tables validated" in shown


@needs_backend
@pytest.mark.skipif(sys.platform == "win32", reason="the demo's tests need POSIX signals")
def test_the_installed_demo_balances_and_the_logs_contain_nothing_private(
    installed: Path, tmp_path: Path
) -> None:
    # Given: settings of another system, which must not get through
    foreign = {
        "ORACLE_DSN": "production:1521/X",
        "SQS_QUEUE_URL": "https://production",
        "AWS_PROFILE": "production",
        "CDC_SETTLE_SECONDS": "wrong",
    }
    # When
    shown = oracle_cdc(installed, tmp_path, "demo", "--calls", "8", **foreign).stdout.decode()
    # Then
    assert "Balance: 8 put in = 6 summarized + 2 rejected + 0 failed: it balances" in shown
    assert "6 conversations reached the ML service character for character as put in" in shown
    assert "98765432109876543210" in shown
    files = files_of(tmp_path)
    assert str(files / "oracle.db") in shown
    logs = {path.name: path.read_text(encoding="utf-8") for path in (files / "logs").glob("*.log")}
    assert logs.keys() == FILES.keys()
    everything = "\n".join(logs.values())
    assert "ended with exit code 0" in everything
    assert [secret for secret in secrets_of(files) if secret in everything] == []
    # What the demo of row changes begins with.
    assert (installed / "oracle_cdc" / "deploy" / "sample_coredb.sql").is_file()
    assert list(tmp_path.glob("oracle-cdc-demo-*/service/oracle_cdc/__main__.py"))
    assert not list(tmp_path.glob("oracle-cdc-demo-*/service/cdc_service.py"))


@needs_backend
@pytest.mark.skipif(sys.platform == "win32", reason="the demo's tests need POSIX signals")
def test_the_installed_demo_of_events_balances(installed: Path, tmp_path: Path) -> None:
    if mariadbserver.PROGRAM is None:
        do_without()
    shown = oracle_cdc(installed, tmp_path, "demo", "events", "--rows", "50").stdout.decode()
    assert "it balances" in shown
    assert not list(tmp_path.glob("oracle-cdc-demo-*/service/cdc_service.py"))


@needs_backend
def test_the_package_needs_what_the_requirements_files_say(installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    needed: dict[str, set[str]] = {name: set() for name in ("", *EXTRAS)}
    for line in PathDistribution(info).requires or []:
        text, _, extra = line.partition(";")
        needed[name_of(extra)].add(same_spelling(text))
    assert needed[""] == requirements("requirements-run.txt")
    assert needed["demo"] == requirements("requirements.txt")
    assert needed["events"] == requirements("requirements-events.txt")
    assert needed["monitor"] == requirements("requirements-monitor.txt")
    assert needed["triage"] == requirements("requirements-triage.txt")


def name_of(condition: str) -> str:
    """Return the extra that a package is needed for, or nothing."""
    for extra in EXTRAS:
        if extra in condition:
            return extra
    return ""


def requirements(name: str) -> set[str]:
    """Return the packages of a requirements file, without those of a file that it includes."""
    found = set()
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r")):
            found.add(same_spelling(line))
    return found


def same_spelling(line: str) -> str:
    requirement = Requirement(line)
    extras = ",".join(sorted(requirement.extras))
    return f"{requirement.name.lower()}[{extras}]{requirement.specifier}"


@pytest.mark.parametrize("place", ["inside", "beside"])
def test_the_ddl_is_found_inside_the_package_or_beside_it(tmp_path: Path, place: str) -> None:
    package = copy_package(tmp_path)
    directory = package if place == "inside" else package.parent
    (directory / "init_oracle_tables.sql").write_bytes(SCHEMA)

    assert print_tables(tmp_path).stdout == SCHEMA


def test_a_package_without_its_ddl_names_the_file(tmp_path: Path) -> None:
    package = copy_package(tmp_path)

    ended = print_tables(tmp_path)

    assert (ended.returncode, ended.stdout) == (2, b"")
    line = f"init_oracle_tables.sql is missing: neither in {package} nor beside it\n"
    assert ended.stderr.decode() == line


def copy_package(directory: Path) -> Path:
    """Make the package anew of links to what is in it, as to copy a thousand files takes long."""
    package = directory / "oracle_cdc"
    if sys.platform == "win32":
        return shutil.copytree(ROOT / "oracle_cdc", package)
    package.mkdir()
    for path in (ROOT / "oracle_cdc").iterdir():
        (package / path.name).symlink_to(path)
    return package


def print_tables(directory: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "oracle_cdc", "init-tables", "--print"]
    return subprocess.run(command, cwd=directory, capture_output=True, timeout=60, check=False)
