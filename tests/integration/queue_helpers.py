"""Queues of different kinds, and what is in them."""

from __future__ import annotations

from tests.world import USER, World

HELLO = (("A", "שלום, איך אפשר לעזור?"), ("C", "My bill is wrong 😡"), ("A", "Let me look"))


def due_now(world: World) -> None:
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) "
        "WHERE STATE = 'OPEN'"
    )


def count(world: World, table: str) -> int:
    return int(world.rows(f"SELECT COUNT(*) FROM {USER}.{table}")[0][0])
