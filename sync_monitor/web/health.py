"""What probes and Prometheus ask: /livez, /readyz, /metrics."""

from __future__ import annotations

import sqlite3

from flask import Blueprint, Response

from sync_monitor.errors import HistoryDamaged, HistoryUnavailable
from sync_monitor.web.exposition import TYPE, expose
from sync_monitor.web.site import Site


def make_health(site: Site) -> Blueprint:
    """Return them."""
    health = Blueprint("health", __name__)

    @health.get("/livez")
    def livez() -> Response:
        if site.readiness is None or site.readiness.is_alive():
            return plain("alive")
        late = [check.text for check in site.readiness.loops() if not check.ok]
        return plain("; ".join(late) or "no loop has begun", 503)

    @health.get("/readyz")
    def readyz() -> Response:
        try:
            site.history.read(ask)
        except (HistoryUnavailable, HistoryDamaged):
            return plain("the history can't be read", 503)
        return plain("ready")

    @health.get("/metrics")
    def metrics() -> Response:
        text = site.history.read(lambda connection: expose(connection, site))
        return Response(text, content_type=TYPE)

    return health


def ask(connection: sqlite3.Connection) -> int:
    """Ask the history the least that it can be asked."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def plain(text: str, code: int = 200) -> Response:
    """Return a line."""
    return Response(f"{text}\n", code, mimetype="text/plain")
