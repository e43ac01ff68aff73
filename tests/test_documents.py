"""The documents, config.py and the code name the same things."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import config
from oracle_cdc.cli import make_parser
from oracle_cdc.conversations.counters import Statistics
from oracle_cdc.conversations.settings import NAMES
from oracle_cdc.errors import CdcError
from oracle_cdc.log_files import FILES
from oracle_cdc.oracle.ddl import read_tables
from oracle_cdc.running.progress import Progress
from oracle_cdc.settings.service import TEST_VARIABLES
from tests import documents
from tests.documents import ROOT
from tests.layers import load_settings
from tests.test_import_direction import ROOMS

#: A row of the settings table: variable, default (in backquotes, or the word none), meaning.
SETTING_ROW = re.compile(
    r"^\| `([A-Z][A-Z0-9_]*)` \| (?:`([^`]*)`|none) \| [^|]+ \|$", re.MULTILINE
)
SETTINGS = documents.read("docs/settings.md")
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
#: Without these a start is refused.
NEEDED = (
    "ORACLE_USER",
    "ORACLE_PASSWORD",
    "ORACLE_HOST",
    "ORACLE_SERVICE_NAME",
    "AWS_REGION",
    "SQS_OUTBOUND_QUEUE_URL",
    "SQS_RESULTS_QUEUE_URL",
)
ENV_LINE = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def variables_of(text: str) -> dict[str, str]:
    """Return the lines of a .env, also those that are commented out."""
    found = {}
    for _, name, value in ENV_LINE.findall(text):
        found[name] = value
    return found


def documented_defaults() -> dict[str, str]:
    found = {}
    for name, default in SETTING_ROW.findall(SETTINGS):
        if default:
            found[name] = default
    return found


def write_env(path: Path, values: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for name, value in values.items():
            file.write(f"{name}={value}\n")
    path.chmod(0o600)
    return path


def test_env_example_names_every_variable_and_no_other() -> None:
    names = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=", ENV_EXAMPLE, re.MULTILINE)
    assert sorted(names) == sorted(NAMES.known)


def test_env_example_works_once_it_is_copied(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(ENV_EXAMPLE, encoding="utf-8")
    settings = load_settings({}, tmp_path / ".env")
    assert settings.oracle.user == "your_actual_oracle_user"


def test_env_example_has_two_queues_in_force(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(ENV_EXAMPLE, encoding="utf-8")
    assert not load_settings({}, tmp_path / ".env").sqs.is_shared


def test_env_example_shows_the_defaults(tmp_path: Path) -> None:
    # Given: every line in force, with something in each that has no default
    shown = dict(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.+)$", ENV_EXAMPLE, re.MULTILINE))
    env_file = write_env(tmp_path / ".env", shown)
    # When
    settings = load_settings({"CDC_INSTANCE_ID": "one"}, env_file)
    # Then
    sparse = {"CDC_INSTANCE_ID": "one"}
    for name in NEEDED:
        sparse[name] = shown[name]
    assert settings.model_dump() == load_settings(sparse, tmp_path / "none").model_dump()


def test_env_example_says_something_of_every_variable() -> None:
    # Each block of lines with values stands right under a sentence.
    for block in re.split(r"\n(?=# (?![A-Z0-9_]+=))", ENV_EXAMPLE):
        sentence, *values = block.strip().splitlines()
        assert not ENV_LINE.match(sentence)
        for line in values:
            assert ENV_LINE.match(line), sentence


def test_config_page_holds_every_key_of_its_sections() -> None:
    shown = set()
    for prefix, page in (("CDC_", config.CDC_CONFIG), ("LOGGING_", config.LOGGING_CONFIG)):
        for key in page:
            shown.add(prefix + key.upper())
    for name in NAMES.fields:
        assert (name in shown) == name.startswith(("CDC_", "LOGGING_")), name
    assert shown <= set(NAMES.fields)


def test_only_the_tests_variables_are_read_by_nothing() -> None:
    names = set(NAMES.fields)
    aliases = {"SQS_QUEUE_URL", "SQS_INBOUND_QUEUE_URL", "AWS_DEFAULT_REGION", "TNS_ADMIN"}
    elsewhere = {"CONFIG_FILE", "ORACLE_SCHEMA", "ORACLE_TABLES"}
    assert NAMES.known - names - aliases - elsewhere == set(TEST_VARIABLES)


def test_config_page_is_imported_without_the_packages_that_slow_a_start() -> None:
    slow = {"pydantic", "boto3", "oracledb", "dotenv"}
    code = f"import config, sys; print({slow} & sys.modules.keys())"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "set()"


def test_settings_page_names_every_setting_once() -> None:
    names = re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", SETTINGS, re.MULTILINE)
    assert sorted(names) == sorted(NAMES.known)


def test_settings_page_shows_the_defaults(tmp_path: Path) -> None:
    # Given: what the table shows as defaults, as a .env
    needed = {"CDC_INSTANCE_ID": "one"}
    for name in NEEDED:
        needed[name] = "http://localhost/q" if name.endswith("URL") else "1"
    shown = documented_defaults()
    env_file = write_env(tmp_path / ".env", needed | shown)
    # Then: it changes nothing, and nothing that has a default is shown as having none
    shown_settings, defaults = load_settings({}, env_file), load_settings(needed, tmp_path / "none")
    assert shown_settings.model_dump() == defaults.model_dump()
    for name, info in NAMES.fields.items():
        assert (name in shown) == is_shown_as_default(info.get_default()), name


def is_shown_as_default(value: object) -> bool:
    return value not in (None, "", {}) and str(value) != "PydanticUndefined"


def test_settings_page_and_env_example_show_the_same_defaults() -> None:
    examples = variables_of(ENV_EXAMPLE)
    for name, default in documented_defaults().items():
        assert examples[name] == default, name


def test_every_variable_that_a_document_names_is_one() -> None:
    prefixes = "CDC|SQS|SOURCE|LOGGING"
    named = set(re.findall(rf"`((?:{prefixes})_[A-Z0-9_]+)(?:=[^`]*)?`", documents.everything()))
    foreign = {"CDC_SERVICE_HOST", "CDC_NORMAL_POL_INTERVAL_SECONDS", "SOURCE_DATE_EPOCH"}
    foreign |= {"CDC_CONFIG", "LOGGING_CONFIG"}
    tables = set(read_tables()) | {"CDC_NORMAL_MODE", "CDC_HISTORICAL_MODE"}
    columns: set[str] = set()
    for table in read_tables().values():
        columns.update(table)
    indexes = set(re.findall(r"\bCDC_\w+_IX\b", documents.everything()))
    assert named - NAMES.known - foreign - tables - columns - indexes == set()


def test_operate_page_has_a_line_for_every_command() -> None:
    commands = set(re.findall(r"^    (\S+) ", make_parser().format_help(), re.MULTILINE))
    page = documents.section("docs/operate.md", "## Commands and exit codes")
    assert commands <= set(re.findall(r"python cdc_service\.py ([a-z-]+)", page))


def test_operate_page_names_every_option_of_every_command() -> None:
    page = documents.read("docs/operate.md")
    help_texts = [make_parser().format_help()]
    for command in re.findall(r"^    (\S+) ", help_texts[0], re.MULTILINE):
        code = (
            f"from oracle_cdc.cli import make_parser; make_parser().parse_args(['{command}', '-h'])"
        )
        shown = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        help_texts.append(shown.stdout)
    for option in re.findall(r"--[a-z][a-z-]+", "\n".join(help_texts)):
        assert option in page or option == "--help", option


def test_operate_page_has_every_exit_code() -> None:
    page = documents.section("docs/operate.md", "## Commands and exit codes")
    codes = {0}
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
    for table in read_tables():
        made = re.search(rf"CREATE TABLE {table} \(\n(.*?)\n\)\]", ddl, re.DOTALL)
        assert made
        written = re.findall(r"^\s+(\w+) ([A-Z0-9]+(?:\([\d,]+\))?)", made[1], re.MULTILINE)
        section = documents.section("docs/tables.md", f"## {table}")
        shown = re.findall(r"^\| `(\w+)` \| (\S+) \|", section, re.MULTILINE)
        assert shown == written


def test_operate_page_shows_the_statistics_block_as_it_is() -> None:
    block = documents.read("docs/operate.md").split("```\n📊")[1].split("```")[0]
    shown = ("📊" + block).splitlines()
    written = Statistics(Progress()).text().splitlines()
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


def test_map_of_the_stand_in_names_every_file_and_only_files_that_exist() -> None:
    section = documents.section("oralite/README.md", "## Where things are")
    named: set[str] = set()
    for row in documents.rows(section):
        named |= set(re.findall(r"`([\w./]+)`", row[0]))
    assert compare_with_tree(ROOT / "oralite", named) == ([], [])


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
