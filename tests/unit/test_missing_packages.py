"""A package that is not installed is named with what to do, and never as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracle_cdc.cli import Origin, Page, main
from oracle_cdc.commands.packages import require_packages
from oracle_cdc.errors import ExitCode, SettingsError


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


def test_a_file_of_the_checkout_that_is_missing_is_no_matter_of_pip(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="config"):
        main(["settings"], lacking("config", tmp_path))


def test_a_demo_says_which_packages_it_needs() -> None:
    with pytest.raises(SettingsError, match="demo needs no_such_package: pip install"):
        require_packages("moto", "no_such_package")
