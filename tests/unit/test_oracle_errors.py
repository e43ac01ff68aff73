"""What Oracle and its driver raise, sorted by what to do."""

from __future__ import annotations

import socket

import pytest

from oracle_cdc.errors import (
    CdcError,
    DuplicateRow,
    OracleAccountClosed,
    OracleConfigurationError,
    OracleCredentialsError,
    OracleRefused,
    OracleUnavailable,
    RowLocked,
    ValueRefused,
)
from oracle_cdc.oracle.translation import classify, translated


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (
            (3113, 3114, 3135, 12514, 12541, 12537, 28, 60, 8177, 1555, 1013, 1653, 1654),
            OracleUnavailable,
        ),
        ((942, 1031, 904, 1882), OracleConfigurationError),
        ((1017, 1005), OracleCredentialsError),
        ((28000, 28001, 28003, 1045), OracleAccountClosed),
        ((54, 30006), RowLocked),
        ((12899, 1438, 1722), ValueRefused),
        ((1,), DuplicateRow),
        ((600, 7445, 22922), OracleRefused),
    ],
)
def test_an_error_of_oracle_is_sorted_by_what_to_do(
    codes: tuple[int, ...], kind: type[CdcError]
) -> None:
    assert {classify(code, f"ORA-{code:05d}") for code in codes} == {kind}


@pytest.mark.parametrize(
    ("full_code", "kind"),
    [
        ("DPY-4011", OracleUnavailable),
        ("DPY-4024", OracleUnavailable),
        ("DPY-4005", OracleUnavailable),
        ("DPY-6005", OracleUnavailable),
        ("DPY-6001", OracleUnavailable),
        ("DPY-1001", OracleUnavailable),
        ("DPY-4026", OracleUnavailable),
        ("DPY-2016", OracleRefused),
        ("ConnectionResetError", OracleUnavailable),
    ],
)
def test_an_error_of_the_driver_is_sorted_by_what_to_do(
    full_code: str, kind: type[CdcError]
) -> None:
    assert classify(0, full_code) is kind


def test_a_host_that_nobody_knows_is_named_as_what_it_is() -> None:
    with (
        pytest.raises(
            OracleUnavailable,
            match="gaierror at log-in: the host's name can't be resolved; see ORACLE_HOST",
        ),
        translated("log-in"),
    ):
        raise socket.gaierror(-2, "Name or service not known")
