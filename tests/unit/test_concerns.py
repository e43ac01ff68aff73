"""Reasons that stand for a while."""

from __future__ import annotations

from oracle_cdc.running.concerns import Concerns


def test_what_is_noted_anew_for_a_shorter_time_stands_as_long_as_before() -> None:
    # An answer in S3 that comes again in an hour, and then one that comes again in a minute.
    now = [0.0]
    concerns = Concerns(lambda: now[0])
    concerns.note("results in S3", "AccessDenied", 3600)
    concerns.note("results in S3", "SlowDown", 60)
    now[0] = 3600
    assert concerns.standing() == ["SlowDown"]
    now[0] = 3601
    assert concerns.standing() == []
