"""Ports that nobody else takes before a server of ours does."""

from __future__ import annotations

from oracle_cdc.demo.ports import free_port

__all__ = ["free_port"]
