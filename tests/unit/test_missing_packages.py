"""A package that is not installed is named with what to do, and never as a traceback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from oracle_cdc.cli import Origin, Page, main
from oracle_cdc.commands.packages import BESIDE, EXTRAS, explain_missing, require_packages
from oracle_cdc.errors import ExitCode, SettingsError

ROOT = Path(__file__).parents[2]


@cache
def installed() -> Mapping[str, Sequence[str]]:
    """Return for each module the packages that it comes from, which takes a while to find out.

    Python 3.10's own packages_distributions knows no package of hatch.
    """
    found: dict[str, list[str]] = {}
    for each in distributions():
        files = [file for file in each.files or () if file.suffix == ".py"]
        for module in {file.parts[0].removesuffix(".py") for file in files}:
            found.setdefault(module, []).append(each.metadata["Name"])
    return found


def lacking(name: str, folder: Path) -> Origin:
    """Return a start in which a module of this name is not found."""

    def read_page() -> Page:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    return Origin("cdc_service.py", folder, read_page)


def test_a_package_that_is_missing_is_named_with_what_installs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settings"], lacking("stdnum.iban", tmp_path)) == ExitCode.SETTINGS
    said = capsys.readouterr().err
    assert "has no package stdnum: " in said
    assert "pip install -r requirements-run.txt" in said


@pytest.mark.parametrize("file", sorted(set(BESIDE.values())))
def test_the_file_is_named_that_has_the_package(file: str) -> None:
    modules = [module for module, place in BESIDE.items() if place == file]
    packages: set[str] = set()
    for module in modules:
        packages.update(map(canonicalize_name, installed()[module]))
        said = explain_missing(ModuleNotFoundError(name=module)) or ""
        assert f"has run: `pip install -r {file}`" in said
    assert packages == imported_packages(file)


def imported_packages(file: str) -> set[str]:
    """Return the packages of a requirements file that Python can import anything of."""
    wanted = set()
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r")):
            wanted.add(canonicalize_name(Requirement(line).name))
    return wanted & set(map(canonicalize_name, chain(*installed().values())))


def test_a_file_of_the_checkout_that_is_missing_is_no_matter_of_pip(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="config"):
        main(["settings"], lacking("config", tmp_path))


def test_a_command_says_which_packages_it_needs() -> None:
    with pytest.raises(SettingsError, match="demo needs no_such_package: `pip install"):
        require_packages("demo", "requirements.txt", "moto", "no_such_package")


@pytest.mark.parametrize("file", sorted(EXTRAS))
def test_where_there_is_no_checkout_the_extra_with_the_packages_is_named(file: str) -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (line,) = [each for each in declared.splitlines() if each.startswith(f"{EXTRAS[file]} = [")]
    modules = [module for module, place in BESIDE.items() if place == file]
    for module in modules:
        assert f"`pip install 'oracle-cdc-sqs[{EXTRAS[file]}]'`" in (
            explain_missing(ModuleNotFoundError(name=module)) or ""
        )
        assert any(package.lower() in line.lower() for package in installed()[module])
    assert modules
