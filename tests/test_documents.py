"""The documents and the code name the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oracle_cdc.cli import make_parser
from oracle_cdc.conversations.counters import CallStatistics
from oracle_cdc.errors import CdcError, ExitCode
from oracle_cdc.log_files import FILES
from oracle_cdc.oracle.ddl import CHANGES, read_tables
from oracle_cdc.running.progress import Progress
from tests import documents
from tests.documents import ROOT
from tests.rooms import ROOMS


def test_operate_page_has_a_line_for_every_command() -> None:
    commands = set(re.findall(r"^    (\S+) ", make_parser().format_help(), re.MULTILINE))
    page = documents.section("docs/operate.md", "## Commands and exit codes")
    assert commands <= set(re.findall(r"python cdc_service\.py ([a-z-]+)", page))


def test_operate_page_names_every_option_of_every_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = documents.read("docs/operate.md")
    help_texts = [make_parser().format_help()]
    for command in re.findall(r"^    (\S+) ", help_texts[0], re.MULTILINE):
        with pytest.raises(SystemExit):
            make_parser().parse_args([command, "-h"])
        help_texts.append(capsys.readouterr().out)
    assert len(help_texts) > 10
    for option in re.findall(r"--[a-z][a-z-]+", "\n".join(help_texts)):
        assert option in page or option == "--help", option


def test_operate_page_has_every_exit_code() -> None:
    page = documents.section("docs/operate.md", "## Commands and exit codes")
    codes = {ExitCode.DONE, ExitCode.FOUND}
    for error in subclasses(CdcError):
        codes.add(error.exit_code)
    shown = re.findall(r"^\| (\d) \|", page, re.MULTILINE)
    assert sorted(map(int, shown)) == sorted(codes)


def subclasses(kind: type[CdcError]) -> set[type[CdcError]]:
    found = {kind}
    for each in kind.__subclasses__():
        found |= subclasses(each)
    return found


def test_tables_page_has_every_kind_of_error() -> None:
    section = documents.section("docs/tables.md", "## ERROR_LOG")
    codes = set()
    for error in subclasses(CdcError):
        codes.add(error.code)
    assert set(re.findall(r"^\| ([A-Z]+) \|", section, re.MULTILINE)) == codes


def test_documents_name_the_five_log_files() -> None:
    assert set(re.findall(r"`(cdc_\w+\.log)`", documents.everything())) == set(FILES)


def test_install_page_names_the_six_tables() -> None:
    section = documents.section("docs/install.md", "## 5. Tables")
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(read_tables())


def test_tables_page_has_every_column_with_its_type() -> None:
    ddl = (ROOT / "init_oracle_tables.sql").read_text(encoding="utf-8")
    for table in (*read_tables(), *read_tables(CHANGES)):
        made = re.search(rf"CREATE TABLE {table} \(\n(.*?)\n\)\]", ddl, re.DOTALL)
        assert made
        written = re.findall(r"^\s+(\w+) ([A-Z0-9]+(?:\([\d,]+\))?)", made[1], re.MULTILINE)
        section = documents.section("docs/tables.md", f"## {table}")
        shown = re.findall(r"^\| `(\w+)` \| (\S+) \|", section, re.MULTILINE)
        assert shown == written


def test_operate_page_shows_the_statistics_block_as_it_is() -> None:
    block = documents.read("docs/operate.md").split("```\n📊")[1].split("```")[0]
    shown = ("📊" + block).splitlines()
    written = CallStatistics(Progress()).text().splitlines()
    for line, documented in zip(written, shown, strict=True):
        assert documented.split(":")[0] == line.split(":")[0]


def test_contributing_names_every_room() -> None:
    section = documents.section("CONTRIBUTING.md", "## Where things stand")
    rooms = section.partition("| room |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| ([\w./]+) \|", rooms, re.MULTILINE)) == sorted(ROOMS)


def test_map_names_every_file_and_only_files_that_exist() -> None:
    package = ROOT / "oracle_cdc"
    page = documents.read("oracle_cdc/README.md")
    named = set(re.findall(r"^\| `([\w./]+)` \|", page, re.MULTILINE))
    assert compare_with_tree(package, named) == ([], [])


def test_drawings_of_the_map_name_only_files_that_exist() -> None:
    drawing = documents.read("oracle_cdc/README.md").split("```")[1]
    for name in re.findall(r"[\w/]+\.(?:py|sql)", drawing):
        assert list((ROOT / "oracle_cdc").rglob(name)), name


@pytest.mark.parametrize("package", ["oralite", "awslite", "trinolite"])
def test_map_of_a_stand_in_names_every_file_and_only_files_that_exist(package: str) -> None:
    section = documents.section(f"{package}/README.md", "## Where things are")
    named: set[str] = set()
    for row in documents.rows(section):
        named |= set(re.findall(r"`([\w./]+)`", row[0]))
    assert compare_with_tree(ROOT / package, named) == ([], [])


def test_map_of_the_monitor_names_every_file_and_only_files_that_exist() -> None:
    page = documents.read("sync_monitor/README.md")
    named = set(re.findall(r"^\| `([\w./]+)` \|", page, re.MULTILINE))
    assert compare_with_tree(ROOT / "sync_monitor", named) == ([], [])


def compare_with_tree(package: Path, named: set[str]) -> tuple[list[str], list[str]]:
    """Return what a map names and is not there, and the modules that it leaves out.

    A folder that it names stands for its files.
    """
    missing: list[str] = []
    folders: tuple[str, ...] = ()
    for name in sorted(named):
        if not (package / name).exists():
            missing.append(name)
        if name.endswith("/"):
            folders += (name,)
    unnamed: list[str] = []
    for path in sorted(package.rglob("*")):
        name = str(path.relative_to(package))
        if path.name == "__init__.py" or name in named or name.startswith(folders):
            continue
        # The statements of a module stand beside it, under its name.
        is_beside = path.suffix == ".sql" and path.with_suffix(".py").exists()
        if path.suffix in (".py", ".sql") and not is_beside:
            unnamed.append(name)
    return missing, unnamed
