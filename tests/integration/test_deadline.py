"""A connection that breaks inside a deadline: what is told, and what goes on."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import OracleUnavailable
from tests.world import World


@pytest.mark.oralite_only
def test_a_connection_that_breaks_within_a_deadline_tells_of_the_break(world: World) -> None:
    service = world.application()
    service.startup.ensure_database()
    world.server.faults.set('drop on execute when "UPDATE CDC_PROCESSING_STATUS"')

    with (
        pytest.raises(OracleUnavailable, match="at record_cycle"),
        service.database.session() as session,
        session.deadline(5.0),
    ):
        session.execute(
            "record_cycle", mode_name="CDC_NORMAL_MODE", accepted=0, seen_watermark=None, new_watermark=None
        )
