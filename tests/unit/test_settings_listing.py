"""What `settings` shows: each variable once, its place, and nothing secret."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from oracle_cdc.commands.settings import align
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.settings.listing import DEFAULT, Shown, hide, list_settings
from oracle_cdc.settings.names import Names
from tests.unit.settings_files import NEEDED, Read


def shown(read: Read, **environment: str) -> dict[str, Shown]:
    found = {}
    for each in list_settings(read(environment), Names(Settings)):
        assert each.name not in found
        found[each.name] = each
    return found


def test_every_variable_is_shown_with_its_value_and_place(read: Read) -> None:
    found = shown(read)
    assert found.keys() >= Names(Settings).fields.keys()
    assert found["ORACLE_USER"] == Shown("ORACLE_USER", "cdc", "the environment", "ORACLE_USER")
    assert found["HEALTH_PORT"] == Shown("HEALTH_PORT", 0, DEFAULT, "HEALTH_PORT")
    assert (found["CDC_MIN_SEGMENTS"].value, found["CDC_MIN_SEGMENTS"].place) == (2, "config.py")
    assert found["CDC_REQUIRED_CHANNELS"].value == "A,C"
    assert found["ORACLE_DSN"].value is None


def test_a_value_under_another_name_says_which(read: Read) -> None:
    queue = shown(read)["SQS_RESULTS_QUEUE_URL"]
    assert (queue.value, queue.written_as) == (NEEDED["SQS_QUEUE_URL"], "SQS_QUEUE_URL")


def test_what_reaches_aws_or_other_commands_is_shown_and_what_is_another_programs_is_not(
    read: Read,
) -> None:
    found = shown(read, AWS_PROFILE="p", ORACLE_TABLES="A,B", PATH="/bin", ORACLE_SID="XE")
    assert (found["AWS_PROFILE"].value, found["ORACLE_TABLES"].value) == ("p", "A,B")
    assert not found.keys() & {"PATH", "ORACLE_SID", "SQS_QUEUE_URL"}


def test_no_secret_is_shown(read: Read) -> None:
    secrets = {
        "ORACLE_PASSWORD": "geheim",
        "ORACLE_WALLET_PASSWORD": "geheim",
        "AWS_ACCESS_KEY_ID": "geheim",
        "AWS_SECRET_ACCESS_KEY": "geheim",
        "AWS_SESSION_TOKEN": "geheim",
        "AWS_BEARER_TOKEN_BEDROCK": "geheim",
        "AWS_ENDPOINT_URL_S3": "https://me:ge@geheim@s3.example/b",
        "ORACLE_DSN": "tcps://db:2484/XE?wallet_location=/w&wallet_password=geheim",
        "ORACLE_TEST_DSN": "scott/geheim@db/XE",
    }
    found = shown(read, **secrets)
    assert "geheim" not in repr(found)
    assert found["ORACLE_PASSWORD"].value == "(secret)"
    assert found["AWS_ENDPOINT_URL_S3"].value == "https://(secret)@s3.example/b"
    assert found["ORACLE_DSN"].value == (
        "tcps://db:2484/XE?wallet_location=/w&wallet_password=(secret)"
    )
    assert found["ORACLE_TEST_DSN"].value == "(secret)@db/XE"


@pytest.mark.parametrize(
    ("value", "name", "plain"),
    [
        (SecretStr("geheim"), "NATS_CREDS", "(secret)"),
        ("geheim", "NATS_TOKEN", "(secret)"),
        ("/etc/nats/seed.nk", "NATS_NKEY_FILE", "/etc/nats/seed.nk"),
        ("", "NATS_TOKEN", None),
        ("nats://u:geheim@a:4222,nats://u:geheim@b:4222", "NATS_SERVERS", "nats://(secret)@b:4222"),
        ("(DESCRIPTION=(PWD = geheim))", "ORACLE_DSN", "(DESCRIPTION=(PWD = (secret)))"),
    ],
)
def test_a_value_of_any_variable_is_shown_without_its_secrets(
    value: object, name: str, plain: str | None
) -> None:
    assert hide(value, name) == plain


def test_the_columns_are_aligned_and_a_line_is_a_line() -> None:
    rows = [
        Shown("A", True, DEFAULT, "A"),
        Shown("LONGER", "a\nb", ".env line 1", "OTHER"),
        Shown("C", "x" * 60, DEFAULT, "C"),
        Shown("D", 10.0, DEFAULT, "D"),
        Shown("E", None, DEFAULT, "E"),
    ]
    true, text, long, number, none = align(rows)
    assert true == "A       " + "true".ljust(50) + "  default"
    assert text == "LONGER  " + r"a\nb".ljust(50) + "  .env line 1, as OTHER"
    assert long == "C       " + "x" * 60 + "  default"
    assert number.split() == ["D", "10", "default"]
    assert none.split() == ["E", "none", "default"]


def test_a_number_is_shown_whatever_its_name() -> None:
    assert hide(700, "TRIAGE_MAX_TOKENS") == 700
    assert hide("700", "A_TOKEN") == "(secret)"
