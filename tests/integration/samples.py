"""What calls say in these tests."""

from __future__ import annotations

from tests.world import USER, World

HELLO = (("A", "שלום, איך אפשר לעזור?"), ("C", "My bill is wrong 😡"), ("A", "Let me look"))


def total_processed(world: World) -> int:
    sql = (
        f"SELECT TOTAL_PROCESSED FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    return int(world.rows(sql)[0][0])


def unsettle(world: World) -> None:
    """Leave sent calls as a process does that is killed before it has written so."""
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', SENT_REVISION = NULL, "
        "LEASE_TOKEN = 'dead', DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '1' SECOND"
    )
