"""The documents, config.py and the code name the same things."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import config
from oracle_cdc.cli import make_parser
from oracle_cdc.log_setup import FILES
from oracle_cdc.oracle.schema import read_tables
from oracle_cdc.progress import Progress
from oracle_cdc.settings import NAMES, TEST_VARIABLES, load_settings

ROOT = Path(config.__file__).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAP = (ROOT / "oracle_cdc" / "README.md").read_text(encoding="utf-8")
#: A row of the settings table: variable, default (in backquotes, or the word none), meaning.
SETTING_ROW = re.compile(
    r"^\| `([A-Z][A-Z0-9_]*)` \| (?:`([^`]*)`|none) \| [^|]+ \|$", re.MULTILINE
)
COMMAND = re.compile(r"python cdc_service\.py((?: (?:[a-z-][a-z0-9-]*|\d{4}-\d\d-\d\d[T0-9:]*))*)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
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


def test_env_example_names_every_variable_and_no_other() -> None:
    names = [name for _, name, _ in ENV_LINE.findall(ENV_EXAMPLE)]
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
    env_file = tmp_path / ".env"
    env_file.write_text(
        "".join(f"{name}={value}\n" for name, value in shown.items()), encoding="utf-8"
    )
    env_file.chmod(0o600)
    # When
    settings = load_settings({"CDC_INSTANCE_ID": "one"}, env_file)
    # Then
    sparse = {name: shown[name] for name in NEEDED}
    assert settings == load_settings({**sparse, "CDC_INSTANCE_ID": "one"}, tmp_path / "none")


def test_env_example_says_something_of_every_variable() -> None:
    # Each block of lines with values stands right under a sentence.
    for block in re.split(r"\n(?=# (?![A-Z0-9_]+=))", ENV_EXAMPLE):
        sentence, *values = block.strip().splitlines()
        assert not ENV_LINE.match(sentence)
        assert all(ENV_LINE.match(line) for line in values), sentence


def test_config_page_holds_every_key_of_its_sections() -> None:
    cdc = {"CDC_" + key.upper() for key in config.CDC_CONFIG}
    logging = {"LOGGING_" + key.upper() for key in config.LOGGING_CONFIG}
    assert cdc | logging == {name for name in NAMES.fields if name.startswith(("CDC_", "LOGGING_"))}


def test_only_the_tests_variables_are_read_by_nothing() -> None:
    names = set(NAMES.fields)
    aliases = {"SQS_QUEUE_URL", "SQS_INBOUND_QUEUE_URL", "AWS_DEFAULT_REGION", "TNS_ADMIN"}
    assert NAMES.known - names - aliases == set(TEST_VARIABLES)


def test_config_page_is_imported_without_the_packages_that_slow_a_start() -> None:
    code = "import config, sys; print({'pydantic', 'boto3', 'oracledb', 'dotenv'} & sys.modules.keys())"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "set()"


def test_readme_table_names_every_setting_once() -> None:
    names = [name for name, _ in SETTING_ROW.findall(README)]
    assert sorted(names) == sorted(NAMES.known)


def test_readme_table_shows_the_defaults(tmp_path: Path) -> None:
    # Given: what the table shows as defaults, as a .env
    needed = dict.fromkeys(NEEDED, "1") | {
        name: "http://localhost/q" for name in NEEDED if name.endswith("URL")
    }
    needed |= {"CDC_INSTANCE_ID": "one"}
    shown = {name: default for name, default in SETTING_ROW.findall(README) if default}
    env_file = tmp_path / ".env"
    env_file.write_text(
        "".join(f"{name}={value}\n" for name, value in (needed | shown).items()), encoding="utf-8"
    )
    env_file.chmod(0o600)
    # Then: it changes nothing, and nothing that has a default is shown as having none
    assert load_settings({}, env_file) == load_settings(needed, tmp_path / "none")
    assert shown.keys() == {
        name for name, info in NAMES.fields.items() if is_shown_as_default(info.get_default())
    }


def is_shown_as_default(value: object) -> bool:
    return value not in (None, "", {}) and str(value) != "PydanticUndefined"


def test_readme_and_env_example_show_the_same_defaults() -> None:
    examples = {name: value for _, name, value in ENV_LINE.findall(ENV_EXAMPLE)}
    shown = {name: default for name, default in SETTING_ROW.findall(README) if default}
    assert shown == {name: examples[name] for name in shown}


def test_every_setting_is_acted_on() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "oracle_cdc").rglob("*.py")
    )
    assert [name for name in NAMES.fields if not is_used(name, code)] == []


def is_used(name: str, code: str) -> bool:
    """Whether the code asks the settings for it; contradictions.py only compares settings with each other."""
    others = (ROOT / "oracle_cdc" / "contradictions.py").read_text(encoding="utf-8")
    field = re.sub("^(CDC|ORACLE|AWS|SQS|SOURCE|LOGGING)_", "", name).lower()
    field = {"log_level": "level", "log_dir": "directory", "schema": "schema_name"}.get(
        field, field
    )
    return len(re.findall(rf"\.{field}\b", code)) > len(re.findall(rf"\.{field}\b", others))


@pytest.mark.parametrize("arguments", sorted(set(COMMAND.findall(README + MAP))))
def test_documented_command_is_accepted(arguments: str) -> None:
    make_parser().parse_args(arguments.replace(" -h", "").split())


def test_readme_documents_every_command() -> None:
    commands = re.findall(r"^    (\S+) ", make_parser().format_help(), re.MULTILINE)
    assert set(commands) <= {
        arguments.split()[0] for arguments in COMMAND.findall(README) if arguments
    }


def test_readme_names_the_five_log_files() -> None:
    assert set(re.findall(r"`(cdc_\w+\.log)`", README)) == set(FILES)


def test_readme_names_the_six_tables() -> None:
    section = README.split("### 5. Tables")[1].split("### 6.")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(read_tables())


def test_readme_shows_the_statistics_block_as_it_is() -> None:
    labels = [line.split(":")[0] for line in Progress().statistics().splitlines()]
    block = README.split("```\n📊")[1].split("```")[0]
    assert [line.split(":")[0] for line in ("📊" + block).splitlines()] == labels


@pytest.mark.parametrize(
    "page", ["README.md", "oracle_cdc/README.md", "oralite/README.md", "docs/guarantees.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in LINK.findall(text):
        path, _, anchor = link.partition("#")
        if path.startswith("http"):
            continue
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page} links to {link}"
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), (
            f"{page} links to {link}"
        )


def anchors(text: str) -> set[str]:
    """The headings' anchors as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_map_names_every_file_and_only_files_that_exist() -> None:
    package = ROOT / "oracle_cdc"
    named = set(re.findall(r"^\| `([\w./]+)` \|", MAP, re.MULTILINE))
    folders = {name for name in named if name.endswith("/")}
    missing = [name for name in named if not (package / name).exists()]
    files = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.name != "__init__.py"
    }
    for path in package.rglob("*.sql"):
        # The statements of a module stand beside it, under its name.
        if not path.with_suffix(".py").exists():
            files.add(str(path.relative_to(package)))
    unnamed = [name for name in files - named if not name.startswith(tuple(folders))]
    assert (missing, unnamed) == ([], [])
