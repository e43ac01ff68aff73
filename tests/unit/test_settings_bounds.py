"""Settings one by one: what each refuses."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.settings.kinds import ListeningHost
from oracle_cdc.settings.sources import Given


def is_refused(section: str, variable: str, text: str) -> bool:
    """Return whether a section's model refuses one variable's value."""
    model = Settings.model_fields[section].annotation
    assert isinstance(model, type)
    assert issubclass(model, BaseModel)
    try:
        model.model_validate({variable: text})
    except ValidationError as error:
        return any(detail["loc"] == (variable,) for detail in error.errors())
    return False


@pytest.mark.parametrize(
    "text", ["rtbi; DROP TABLE X", "1A", "", "a.b", 'r"t', "A" * 129, "RTBI\n"]
)
def test_a_schema_that_is_no_identifier_is_refused(text: str) -> None:
    assert is_refused("source", "SOURCE_SCHEMA", text)


@pytest.mark.parametrize("text", ["Mars/Olympus", "Europe", "../../etc/passwd", "+02:00"])
def test_an_unknown_time_zone_is_refused(text: str) -> None:
    assert is_refused("source", "SOURCE_TIME_ZONE", text)
    assert not is_refused("source", "SOURCE_TIME_ZONE", "Asia/Jerusalem")


@pytest.mark.parametrize(
    "text",
    ["q", "ftp://a/b", "http://", "https://u:p@a/b", "http://a b/", "http://[x", "http://a:x/"],
)
def test_a_queue_url_that_is_none_is_refused(text: str) -> None:
    assert is_refused("sqs", "SQS_RESULTS_QUEUE_URL", text)


def is_refused_host(text: str) -> bool:
    try:
        TypeAdapter(ListeningHost).validate_python(text)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "text",
    [
        *("", "*", "[::]", "0.0.0.0:9464", "http://x", "1.2.3", "256.1.1.1", "10"),
        *("-a", "a-", "a..b", ".", "a b", "a_b", "x" * 64, ".".join(["x" * 60] * 5), "a\n", "מארח"),
    ],
)
def test_a_host_to_listen_at_that_is_none_is_refused(text: str) -> None:
    assert is_refused_host(text)


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "0.0.0.0", "::", "::1", "fe80::1%eth0", "localhost", "pod-1.ns.svc", "x" * 63],
)
def test_a_host_to_listen_at_is_an_address_or_a_name(text: str) -> None:
    assert not is_refused_host(text)


@pytest.mark.parametrize("text", ["scott/geheim", '"Odd"/geheim', '"Odd', "/"])
def test_a_user_with_the_password_behind_it_is_refused(text: str) -> None:
    assert is_refused("oracle", "ORACLE_USER", text)
    for taken in ("scott", '"a/b"', "app[hr]", "user@realm", r"DOMAIN\user"):
        assert not is_refused("oracle", "ORACLE_USER", taken)


def test_a_password_behind_the_user_is_never_shown() -> None:
    assert "geheim" not in Given("ORACLE_USER", "scott/geheim", ".env", ".env line 1").show()


def test_a_call_timeout_is_never_zero_which_the_driver_takes_for_ever() -> None:
    assert is_refused("oracle", "ORACLE_CALL_TIMEOUT_SECONDS", "0")


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("CDC_NORMAL_POLL_INTERVAL_SECONDS", "241"),
        ("CDC_RESULTS_WAIT_SECONDS", "21"),
        ("CDC_RESULTS_VISIBILITY_SECONDS", "43201"),
        ("CDC_MAX_BATCH_SIZE", "1001"),
        ("CDC_MAX_CONCURRENT_CALLS", "0"),
        ("CDC_SETTLE_SECONDS", "nan"),
        ("CDC_RETRY_MAX_SECONDS", "inf"),
        ("CDC_NORMAL_MODE_ENABLED", "maybe"),
        ("CDC_NORMAL_MODE_MINUTES", "1.5"),
        ("CDC_HISTORICAL_START_DATE", "01.02.2024"),
        ("CDC_HISTORICAL_END_DATE", "2024-02-30"),
        ("CDC_REQUIRED_CHANNELS", "A;C"),
        ("CDC_INSTANCE_ID", "a\nb"),
        ("CDC_INSTANCE_ID", "א" * 51),
    ],
)
def test_a_value_out_of_its_bounds_is_refused(variable: str, text: str) -> None:
    assert is_refused("cdc", variable, text)
