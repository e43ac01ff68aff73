"""The YAML file: every value stays text, every mistake has its line, none ends in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oracle_cdc.errors import SettingsError
from oracle_cdc.programs import KEY_PATHS
from oracle_cdc.settings.sources import Source
from oracle_cdc.settings.yaml_file import read_yaml_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.touch(mode=0o600)
    return path


def read(file: Path, text: str | bytes) -> Source:
    if isinstance(text, str):
        text = text.encode()
    file.write_bytes(text)
    return read_yaml_file(file, KEY_PATHS, shown="c.yaml")


def mistakes(file: Path, text: str | bytes) -> list[str]:
    return list(read(file, text).mistakes)


@pytest.mark.parametrize("written", ["012345", "yes", "1e3", "0x1f", "1_000", "12:30:45", "1.10"])
def test_a_value_stays_the_text_that_is_written(file: Path, written: str) -> None:
    password = read(file, f"oracle:\n  password: {written}\n").given["ORACLE_PASSWORD"]
    assert (password.value, password.place) == (written, "c.yaml line 2")


@pytest.mark.parametrize("written", ["", "~", "null", "''", '""', "# later"])
def test_what_is_empty_is_unset(file: Path, written: str) -> None:
    source = read(file, f"oracle:\n  password: {written}\n")
    assert source.find("ORACLE_PASSWORD") is None
    assert source.mistakes == []


def test_quoted_text_is_never_taken_for_nothing(file: Path) -> None:
    assert read(file, "oracle:\n  password: 'null'\n").given["ORACLE_PASSWORD"].value == "null"


def test_a_file_from_notepad_is_read(file: Path) -> None:
    source = read(file, "\ufeffhealth_port: 8080\r\noracle:\r\n  user: u\r\n")
    assert source.given["HEALTH_PORT"].value == "8080"
    assert source.given["ORACLE_USER"].place == "c.yaml line 3"


def test_the_names_of_another_publisher_count(file: Path) -> None:
    source = read(
        file,
        "oracle_db:\n  username: u\n  password: p\n  dsn: h:1521/s\n  pool_min: 1\n"
        "  pool_max: 5\n  pool_increment: 1\n"
        "logging:\n  level: DEBUG\n  format: '%(asctime)s - %(message)s'\n",
    )
    assert sorted(source.given) == ["LOG_LEVEL", "ORACLE_DSN", "ORACLE_PASSWORD", "ORACLE_USER"]
    assert source.mistakes == []
    (warning,) = source.warnings
    assert warning.endswith(
        "oracle_db/pool_min, oracle_db/pool_max, oracle_db/pool_increment, logging/format"
    )


REFUSED = [
    ("oracle:\n\tuser: x", "c.yaml line 2: not understood; a tab; indent with blanks"),
    ("oracle:\n  user: 'x", "c.yaml line 2: not understood; a quote that is not closed"),
    ("oracle:\n  user: a: b", "c.yaml line 2: not understood; a second `: ` in a line"),
    ("oracle:\n  password: *geheim", "c.yaml line 2: not understood; a value that begins with *"),
    ("oracle:\n  password: &geheim", "c.yaml line 2: not understood; a value that begins with &"),
    ("oracle:\n  password: @geheim", "c.yaml line 2: not understood; a value that begins with @"),
    ("oracle:\n  password: `geheim", "c.yaml line 2: not understood; a value that begins with `"),
    ("oracle:\n  password: %geheim", "c.yaml line 2: not understood; a value that begins with %"),
    ('oracle:\n  password: "ge\\heim"', "c.yaml line 2: not understood; a \\ in double quotes"),
    ('oracle:\n  user: "\\UFFFFFFFF"', "c.yaml line 2: not understood; a \\ or % with too great"),
    ('oracle:\n  user: "\\U00110000"', "c.yaml line 2: not understood; a \\ or % with too great"),
    (f"%YAML 1.{'9' * 5000}\n--- a", "c.yaml line 1: not understood; a \\ or % with too great"),
    ("oracle:\n  user: a\n user: b", "c.yaml line 3: not understood; an indentation"),
    ("a: 1\n---\nb: 2", "c.yaml line 2: not understood; a second document"),
    ("oracle: {", "c.yaml line 1: not understood; allowed: sections"),
    ("- a\n- b", "c.yaml line 1: no section; allowed: sections"),
    ("geheim", "c.yaml line 1: no section; allowed: sections"),
    (b"a: 1\nb: \xff", "c.yaml line 2: not readable as text; allowed: UTF-8"),
    ("a: 1\nb: \0", "c.yaml line 2: a character that YAML does not have"),
    ("[" * 5000, "c.yaml line 1: nested in itself or deeper than 8 levels"),
    ("oracle:\n  tables: [" + "x," * 10_001 + "]", "c.yaml line 2: more than 10000 values"),
]


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_what_is_no_yaml_of_ours_is_refused_with_its_line(
    file: Path, text: str | bytes, line: str
) -> None:
    source = read(file, text)
    (mistake,) = source.mistakes
    assert mistake.startswith(line)
    assert "geheim" not in mistake
    assert source.is_unread


WRONG = [
    ("orcle:\n  a: 1\n  b: 2", "orcle in c.yaml line 1: not known; nearest: oracle"),
    ("health_prt: 1", "health_prt in c.yaml line 1: not known; nearest: health_port"),
    ("oracle:\n  pasword: geheim", "oracle/pasword in c.yaml line 2: not known; nearest: oracle/"),
    ("oracle: geheim", "oracle in c.yaml line 1: a value; allowed: keys below it"),
    ("oracle:\n  user: {a: b}", "oracle/user in c.yaml line 2: keys below it; allowed: one value"),
    ("oracle:\n  port: [1]", "oracle/port in c.yaml line 2: a list; allowed: one value"),
    ("oracle:\n  tables: [[a]]", "oracle/tables in c.yaml line 2: a list of more than plain"),
    ("oracle:\n  user: !env X", "oracle/user in c.yaml line 2: a tag (!); allowed: the value"),
    ("oracle:\n  <<: {user: x}", "oracle in c.yaml line 2: <<; allowed: the keys themselves"),
    ("oracle: &o\n  tables: *o", "oracle/tables in c.yaml line 2: keys below it"),
    ("? [a]\n: b", "c.yaml line 1: a key that is no text"),
]


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_what_is_not_known_or_allowed_is_a_mistake_with_its_line(
    file: Path, text: str, line: str
) -> None:
    (mistake,) = mistakes(file, text)
    assert mistake.startswith(line)
    assert "geheim" not in mistake


def test_a_doubled_key_is_refused_with_both_lines_and_what_is_in_it_is_read_all_the_same(
    file: Path,
) -> None:
    text = "oracle:\n  user: a\n  user: b\nsource:\n  table: T\noracle:\n  prt: 1\n"
    assert mistakes(file, text) == [
        "oracle/user in c.yaml line 3: a second time; first in line 2",
        "oracle in c.yaml line 6: a second time; first in line 1",
        "oracle/prt in c.yaml line 7: not known; nearest: oracle/port",
    ]


def test_aliases_count_each_time_they_repeat_what_they_stand_for(file: Path) -> None:
    # Each line makes ten of the one before, so that the last stands for ten to the fifth.
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    for number in range(1, 5):
        parts = ",".join([f"*a{number - 1}"] * 10)
        lines.append(f"a{number}: &a{number} [{parts}]")
    assert len(mistakes(file, "\n".join(lines))) == 5
    tables = "  tables: *t\n" * 101
    text = "source:\n  table: &t [" + ",".join("x" * 100) + "]\n" + f"oracle:\n{tables}"
    assert read(file, text).given.keys() == {"ORACLE_TABLES"}


def test_a_list_that_an_alias_gives_again_and_again_ends_at_the_bound(file: Path) -> None:
    text = "oracle:\n  tables: &t [" + ",".join("x" * 1000) + "]\n"
    for key in ("schema", "user", "host", "port", "dsn", "service_name", "wallet_dir"):
        text += f"  {key}: *t\n"
    for key in ("table", "schema", "time_zone"):
        text += f"  {key}x: *t\n"
    (mistake,) = mistakes(file, text)
    assert mistake.startswith("c.yaml line 2: more than 10000 values")


def test_a_file_that_is_too_large_is_not_read(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(10**12)
    source = read_yaml_file(file, KEY_PATHS, shown="c.yaml")
    assert source.mistakes == ["c.yaml: larger than 1048576 bytes, so it is not read"]


def test_a_value_is_read_again_where_it_stands(file: Path) -> None:
    again = read(file, "oracle:\n  password: old\n").given["ORACLE_PASSWORD"].read_again
    assert again is not None
    file.write_text("# rotated\noracle_db:\n  password: new\n", encoding="utf-8")
    given_now = again()
    assert given_now is not None
    assert (given_now.value, given_now.place) == ("new", "c.yaml line 3")
    file.write_text("oracle:\n  password:\n", encoding="utf-8")
    assert again() is None
    file.write_text("oracle:\n  password: '", encoding="utf-8")
    with pytest.raises(SettingsError):
        again()


def test_a_file_with_a_secret_that_everybody_may_read_is_a_warning(file: Path) -> None:
    file.chmod(0o644)
    assert read(file, "oracle:\n  user: u\n").warnings == []
    (warning,) = read(file, "oracle:\n  password: p\n").warnings
    assert warning.endswith(f"chmod 600 {file}")


#: What YAML gives a meaning, and what our keys are made of.
PIECES = ["oracle", "user", "tables", ":", " ", "\n", "  ", "- ", "[", "]", "{", "}", "&a ", "*a"]
PIECES += ["'", '"', "|", ">", "!", "%", "@", "? ", "<<", "#", "---", "...", "\t", "\\", "\0", "é"]
odd = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(st.one_of(odd.map(str.encode), st.binary(max_size=200)))
@example(b"oracle: &a\n  ? *a\n  : *a\n")
def test_the_worst_file_gets_lines_and_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, contents: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "worst.yaml"
    source = read(file, contents)
    for mistake in source.mistakes:
        assert "c.yaml" in mistake
