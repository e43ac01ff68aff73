"""The .env file and secrets: what is read, refused and never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.owners import advise, describe_owner
from tests.layers import load_settings
from tests.unit.settings_files import NEEDED, Read, refusal


@pytest.mark.parametrize(
    "line",
    [
        "ORACLE_PASWORD=geheim",
        "MY_API_KEY=geheim",
        "geheim",
        "MIIgeheim==",
        'ORACLE_PASSWORD="geheim',
        "ORACLE_DSN=scott/geheim@db/XE",
        "SQS_QUEUE_URL=https://me:geheim@sqs.example/q",
        "AWS_ENDPOINT_URL=geheim@[",
        "AWS_SECRET_ACCESS_KEY=geheim",
        "AWS_SESSION_TOKEN=geheim",
        "ORACLE_WALLET_PASSWORD=geheim\nHEALTH_PORT=x",
    ],
)
def test_a_secret_never_stands_in_an_error(read: Read, line: str) -> None:
    needed = {name: value for name, value in NEEDED.items() if name not in ("SQS_QUEUE_URL",)}
    assert "geheim" not in "\n".join(refusal(read, env_text=line, needed=needed))


def test_a_secret_never_stands_in_a_repr(read: Read) -> None:
    keys = {
        "AWS_ACCESS_KEY_ID": "geheim1",
        "AWS_SECRET_ACCESS_KEY": "geheim2",
        "AWS_SESSION_TOKEN": "geheim3",
    }
    shown = repr(read({**keys, "AWS_BEARER_TOKEN": "geheim4", "ORACLE_WALLET_PASSWORD": "geheim5"}))
    assert "geheim" not in shown
    assert NEEDED["ORACLE_PASSWORD"] not in shown


def test_the_error_has_no_cause_that_could_quote_a_value(read: Read) -> None:
    with pytest.raises(SettingsError) as caught:
        read({"ORACLE_PORT": "x"})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_value_is_taken_as_it_stands(read: Read) -> None:
    settings = read(
        env_text="ORACLE_PASSWORD='a ${HOME} #b'", needed={**NEEDED, "ORACLE_PASSWORD": ""}
    )
    assert settings.oracle.password.get_secret_value() == "a ${HOME} #b"


def test_an_env_file_from_notepad_is_read(read: Read) -> None:
    assert (
        read(
            env_text="\ufeffCDC_MIN_SEGMENTS=3  # comment\r\nexport HEALTH_PORT=8080\r\n"
        ).cdc.min_segments
        == 3
    )


def test_a_mistake_names_the_line_below_blank_lines_and_comments(read: Read) -> None:
    text = "\n# ours\n\nCDC_MIN_SEGMENTS='1\n2'\n\n\n  HEALTH_PORT=x\n"
    lines = refusal(read, env_text=text)
    assert [line.split(":")[0] for line in lines] == [
        "CDC_MIN_SEGMENTS in .env line 4",
        "HEALTH_PORT in .env line 8",
    ]


def test_an_env_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"ORACLE_USER=\xff")
    with pytest.raises(SettingsError, match="not readable"):
        load_settings(NEEDED, env_file)


def test_an_env_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    with env_file.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(SettingsError, match="larger than 1048576 bytes"):
        load_settings(NEEDED, env_file)


@pytest.mark.parametrize("value", ['"a\0b"', "a\0b"])
def test_text_with_a_nul_is_refused_and_not_shown(read: Read, value: str) -> None:
    lines = refusal(read, env_text=f"ORACLE_USER={value}\nAWS_PROFILE={value}\n", needed={})
    said = "holds a NUL or what is no character (not shown); allowed: text"
    assert f"ORACLE_USER in .env line 1: {said}" in lines
    assert f"AWS_PROFILE in .env line 2: {said}" in lines


def test_bytes_of_the_environment_that_are_no_text_are_refused_where_they_are_ours(
    read: Read,
) -> None:
    odd = b"\xff".decode("utf-8", "surrogateescape")
    lines = refusal(read, {"AWS_PROFILE": odd, "HEALTH_PORT": odd, "SOMEBODY_ELSES": odd})
    assert [line.split(":")[0] for line in lines] == [
        "AWS_PROFILE in the environment",
        "HEALTH_PORT in the environment",
    ]


def test_a_value_of_the_env_file_is_read_again_where_it_stands(read: Read, tmp_path: Path) -> None:
    needed = {name: value for name, value in NEEDED.items() if name != "ORACLE_PASSWORD"}
    given = read(env_text="ORACLE_PASSWORD=old", needed=needed).given["ORACLE_PASSWORD"]
    assert given.read_again is not None
    (tmp_path / ".env").write_text("# rotated\nORACLE_PASSWORD=new", encoding="utf-8")
    again = given.read_again()
    assert again is not None
    assert (again.value, again.place) == ("new", ".env line 2")
    (tmp_path / ".env").write_text("ORACLE_PASSWORD=", encoding="utf-8")
    assert given.read_again() is None
    (tmp_path / ".env").write_bytes(b"\xff")
    with pytest.raises(SettingsError):
        given.read_again()


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_an_env_file_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.touch(mode=0o640)
    assert load_settings(NEEDED, env_file).warnings == ()
    env_file.chmod(0o644)
    (warning,) = load_settings(NEEDED, env_file).warnings
    assert warning.endswith(f"chmod 600 {env_file}")


def test_an_env_file_that_cannot_be_read_is_one_mistake_beside_the_others(tmp_path: Path) -> None:
    # Nothing is said to be missing that may well stand in it. A directory can't be read by root
    # either.
    (tmp_path / ".env").mkdir()
    with pytest.raises(SettingsError) as caught:
        load_settings({"HEALTH_PORT": "x"}, tmp_path / ".env")
    _, unreadable, wrong = str(caught.value).splitlines()
    assert unreadable == (
        f"  {tmp_path}/.env: not readable (IsADirectoryError); "
        "allowed: a UTF-8 file that this user may read"
    )
    assert wrong.startswith("  HEALTH_PORT in the environment")


def test_who_may_not_read_a_file_learns_whose_it_is(tmp_path: Path) -> None:
    owner = tmp_path.owner()
    assert describe_owner(tmp_path, PermissionError()).startswith(f"; it belongs to {owner}: ")
    assert describe_owner(tmp_path, FileNotFoundError()) == ""


def test_where_the_file_is_not_there_its_directory_is_named(tmp_path: Path) -> None:
    # What can't be made because of it: nobody could change the owner of that.
    said = describe_owner(tmp_path / "not" / "there", PermissionError())
    assert said.startswith(f"; {tmp_path} belongs to {tmp_path.owner()}: ")


def test_no_advice_is_to_run_a_command_as_root() -> None:
    # A run as root leaves the very files behind that keep the service's user out.
    assert advise("root", "oracle-cdc") == "sudo chown it to oracle-cdc"
    assert advise("oracle-cdc", "dana") == ("sudo -u oracle-cdc COMMAND, or sudo chown it to dana")


def test_the_owner_of_a_file_is_sent_to_its_rights() -> None:
    assert advise("oracle-cdc", "oracle-cdc") == "see its rights, `ls -ld`"


LINKS = {
    "CDC_SERVICE_HOST": "10.0.0.1",
    "CDC_SERVICE_PORT": "1521",
    "CDC_SERVICE_PORT_HTTP": "8080",
    "CDC_PORT": "tcp://10.0.0.1:1521",
    "CDC_PORT_1521_TCP": "tcp://10.0.0.1:1521",
    "CDC_PORT_1521_TCP_ADDR": "10.0.0.1",
    "SQS_PROXY_PORT_53_UDP_PROTO": "udp",
    "SOURCE_DATE_EPOCH": "0",
    # A service of the name oracle, and one of the name health.
    "ORACLE_PORT": "tcp://10.0.0.1:1521",
    "HEALTH_PORT": "udp://10.0.0.1:53",
}


def test_what_kubernetes_or_a_build_puts_into_the_environment_is_passed_over(read: Read) -> None:
    settings = read(LINKS, "ORACLE_PORT=1522\n")
    assert (settings.oracle.port, settings.health_port) == (1522, 0)
    assert settings.warnings == ()


def test_a_link_in_an_env_file_is_a_mistake_because_only_a_person_writes_there(read: Read) -> None:
    lines = refusal(read, env_text="ORACLE_PORT=tcp://10.0.0.1:1521\nCDC_SERVICE_HOST=x\n")
    assert [line.split(":")[0] for line in lines] == [
        "CDC_SERVICE_HOST in .env line 2",
        "ORACLE_PORT in .env line 1",
    ]


def test_a_port_of_ours_that_is_no_link_is_ours(read: Read) -> None:
    assert read({"ORACLE_PORT": "1523"}).oracle.port == 1523
    assert refusal(read, {"ORACLE_PORT": "10.0.0.1:1521"})[0].startswith(
        "ORACLE_PORT in the environment"
    )


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ORACLE_PASWORD", "ORACLE_PASSWORD"),
        ("HEALTH_PORTS", "HEALTH_PORT"),
        ("S3_OVERFLOW_BUKET", "S3_OVERFLOW_BUCKET"),
    ],
)
def test_a_name_that_looks_misspelt_is_passed_over_with_a_warning(
    read: Read, name: str, nearest: str
) -> None:
    (warning,) = read({name: "geheim"}).warnings
    assert warning == f"{name} in the environment is passed over: not known; nearest: {nearest}"


def test_a_misspelt_name_of_ours_is_refused_and_not_said_to_be_passed_over(read: Read) -> None:
    with pytest.raises(SettingsError) as raised:
        read({"CDC_SETTEL_SECONDS": "5"})
    assert str(raised.value).splitlines() == [
        "1 mistake in the settings:",
        "  CDC_SETTEL_SECONDS in the environment: not known; nearest: CDC_SETTLE_SECONDS",
    ]


def test_a_mistake_is_shown_with_what_was_noticed_beside_it(read: Read) -> None:
    with pytest.raises(SettingsError) as raised:
        read({"ORACLE_PASSWORT": "geheim"}, "HEALTH_PORT=x\n")
    assert str(raised.value).splitlines() == [
        "1 mistake in the settings:",
        "  HEALTH_PORT in .env line 1: given 'x'; allowed: a whole number at least 0 and at most "
        "65535",
        "noticed beside that:",
        "  ORACLE_PASSWORT in the environment is passed over: not known; nearest: ORACLE_PASSWORD",
    ]


def test_a_variable_with_two_values_in_an_env_file_has_the_last_and_a_warning(read: Read) -> None:
    settings = read(env_text="HEALTH_PORT=1\nLOG_LEVEL=INFO\nHEALTH_PORT=2\nLOG_LEVEL=INFO\n")
    assert settings.health_port == 2
    assert settings.warnings == (
        "HEALTH_PORT stands twice, in .env line 1 and in .env line 3: the last counts",
    )


@pytest.mark.parametrize("ending", ["\n", "\r"])
def test_a_line_break_at_the_end_of_a_text_is_a_warning(read: Read, ending: str) -> None:
    # A Secret of Kubernetes that was made with `echo` ends with one, an env file of Windows with
    # the other. A number does not mind.
    settings = read({"ORACLE_PASSWORD": f"geheim{ending}", "HEALTH_PORT": f"1{ending}"})
    assert settings.warnings == (
        "ORACLE_PASSWORD in the environment: ends with a line break, which counts",
    )


def test_other_programs_names_are_never_complained_about(read: Read) -> None:
    names = ("ORACLE_HOME", "ORACLE_SID", "ORACLE_BASE", "NLS_LANG", "TNS_ADMIN", "AWS_WHATEVER")
    read(env_text="".join(f"{name}=/nowhere\n" for name in names))
    others = ("PATH", "LOGNAME", "ORACLE_UNQNAME", "ORACLE_HOSTNAME", "LOG_LEVELS_X")
    assert read(dict.fromkeys((*names, *others), "/nowhere")).warnings == ()


@pytest.mark.parametrize("name", ["CDC_X", "SOURCE_X", "SQS_X", "LOGGING_X"])
def test_an_unknown_name_with_a_prefix_of_ours_is_refused(read: Read, name: str) -> None:
    assert refusal(read, {name: "1"})[0].startswith(f"{name} in the environment: not known")
