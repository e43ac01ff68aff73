"""What counts as an answer of something that the service can't do without."""

from __future__ import annotations

from oracle_cdc.running.dependencies import Dependency


def test_a_session_of_the_pool_is_no_answer_and_a_round_trip_is() -> None:
    oracle = Dependency("oracle")

    with oracle.calling(is_round_trip=False):
        pass
    assert oracle.fault(60.0) == "has not answered yet"

    with oracle.calling():
        pass
    assert oracle.fault(60.0) == ""
