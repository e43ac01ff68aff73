"""The JSON of the monitor: two end points with a fixed shape, and all else by version."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask import url_for as link
from werkzeug.wrappers import Response as AnyResponse

from sync_monitor.history import queries, runbooks
from sync_monitor.history.notices import silences as read_silences
from sync_monitor.measurements import Figures
from sync_monitor.model import Severity, Sync
from sync_monitor.rules.compliance import comply, partition_budget
from sync_monitor.rules.metrics import metrics as seven_keys
from sync_monitor.web import json_objects
from sync_monitor.web.looks_and_silences import (
    ask_for_look,
    begin_silence,
    find_sync,
    given_object,
)
from sync_monitor.web.pages import number_of
from sync_monitor.web.rate_limits import Limiter, RateLimits
from sync_monitor.web.site import Site
from sync_monitor.web.states import State
from sync_monitor.web.timeline import Timeline
from sync_monitor.web.triage_api import add_triage, recommend

USUAL_LIMIT, MOST = 50, 500
PERIODS = (7, 30, 90)
SILENCE_KEYS = frozenset(("sync", "hours", "reason"))


def make_api(site: Site, limits: RateLimits) -> Blueprint:
    """Return the API."""
    api = Blueprint("api", __name__)
    add_fixed(api, site)
    add_syncs(api, site)
    add_cells(api, site)
    add_looks(api, site)
    add_asking(api, site, limits.looks)
    add_triage(api, site, limits.questions)

    @api.get("/api/openapi.json")
    def openapi() -> Response:
        return current_app.send_static_file("openapi.json")

    return api


def add_fixed(api: Blueprint, site: Site) -> None:
    """Add the two end points whose shape never changes."""

    @api.get("/api/metrics")
    def metrics() -> AnyResponse:
        state = site.history.read(lambda each: chosen(each, site))
        if state is None:
            return jsonify(seven_keys(None, Severity.UNKNOWN))
        response = jsonify(seven_keys(judged(state), state.severity))
        if state.look is not None:
            response.last_modified = state.look.began
        return response

    @api.get("/api/recommendations")
    def recommendations() -> AnyResponse:
        def work(connection: sqlite3.Connection) -> dict[str, Any]:
            state = chosen(connection, site)
            if state is None:
                return {"source": None, "runbook": []}
            return recommend(connection, state)

        return jsonify(site.history.read(work))


def judged(state: State) -> Figures | None:
    """Return the figures of a sync, None where no partition was judged."""
    figures = state.figures
    if figures is None or not figures.judged_count:
        return None
    return figures


def add_syncs(api: Blueprint, site: Site) -> None:
    """Add what is read of syncs."""

    @api.get("/api/v1/syncs")
    def syncs() -> Response:
        states = site.history.read(lambda each: site.states.read(each, site.now()))
        states.sort(key=lambda state: state.name)
        start, limit = number_of("offset") or 0, limit_of()
        items = [json_objects.of_state(state) for state in states[start : start + limit]]
        following = None
        if start + limit < len(states):
            following = link("api.syncs", offset=start + limit, limit=limit)
        return listing(items, following, total=len(states))

    @api.get("/api/v1/syncs/<path:name>")
    def sync(name: str) -> Response:
        declared = find_sync(site, name)
        state = site.history.read(lambda each: site.states.one(each, declared, site.now()))
        return jsonify(json_objects.of_state(state))


def add_cells(api: Blueprint, site: Site) -> None:
    """Add what is read of a sync's partitions, issues and goals."""

    @api.get("/api/v1/syncs/<path:name>/cells")
    def cells(name: str) -> Response:
        declared = find_sync(site, name)
        kept = list(site.history.read(lambda each: queries.cells(each, declared.name)).items())
        before, limit = request.args.get("before", ""), limit_of()
        newest = [cell for key, cell in reversed(kept) if not before or key < before]
        following = None
        if len(newest) > limit:
            last = newest[limit - 1].partition.key
            following = link("api.cells", name=name, before=last, limit=limit)
        return listing([json_objects.of_cell(cell) for cell in newest[:limit]], following)

    @api.get("/api/v1/syncs/<path:name>/issues")
    def issues(name: str) -> Response:
        declared = find_sync(site, name)
        before, limit = number_of("before"), limit_of()
        found = site.history.read(lambda each: issues_of(each, declared.name, before, limit))
        following = None
        if len(found) == limit:
            last = found[-1]["issue"]
            following = link("api.issues", name=name, before=last, limit=limit)
        return listing(found, following)

    @api.get("/api/v1/syncs/<path:name>/sla")
    def sla(name: str) -> Response:
        declared = find_sync(site, name)
        return jsonify(site.history.read(lambda each: sla_of(each, declared, site.now())))


def issues_of(
    connection: sqlite3.Connection, name: str, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return issues of a sync, those that are open with their runbooks."""
    found: list[dict[str, Any]] = []
    for issue in queries.issues(connection, name, before, limit):
        runbook = runbooks.runbook(connection, issue.number or 0)
        if issue.closed_at is not None:
            runbook = None
        found.append(json_objects.of_issue(issue, runbook))
    return found


def add_looks(api: Blueprint, site: Site) -> None:
    """Add what is read of looks."""

    @api.get("/api/v1/syncs/<path:name>/trend")
    def trend(name: str) -> Response:
        declared = find_sync(site, name)
        days = min(request.args.get("days", 31, type=int) or 31, 400)
        steps = min(limit_of(), 2 * max(days, 1))
        timeline = Timeline.of(site.now(), timedelta(days=max(days, 1)), max(steps, 1))
        looks = site.history.read(lambda each: timeline.read(each, declared.name))
        items: list[dict[str, Any]] = []
        for border, look in zip(timeline.borders, looks, strict=False):
            found = None
            if look is not None:
                found = json_objects.of_look(look)
            items.append({"from": json_objects.moment(border), "look": found})
        return listing(items, None)

    @api.get("/api/v1/syncs/<path:name>/looks")
    def looks_of(name: str) -> Response:
        return looks_page(site, find_sync(site, name).name)

    @api.get("/api/v1/looks")
    def looks() -> Response:
        return looks_page(site, None)


def sla_of(connection: sqlite3.Connection, sync: Sync, now: datetime) -> dict[str, Any]:
    """Return how a sync did in 7, 30 and 90 days, and how many partitions may still be late."""
    known = queries.known_sync(connection, sync.name)
    periods: list[dict[str, Any]] = []
    if known is not None:
        for days in PERIODS:
            begin = now - timedelta(days=days)
            spans = queries.spans(connection, sync.name, begin)
            found = comply(spans, begin, now, known.added_at)
            periods.append(json_objects.of_compliance(days, found, sync.goal_percent))
    cells = list(queries.cells(connection, sync.name).values())
    return {
        "name": sync.name,
        "goal_percent": json_objects.number(sync.goal_percent),
        "periods": periods,
        "partitions": json_objects.of_budget(partition_budget(cells, sync.goal_percent)),
    }


def add_asking(api: Blueprint, site: Site, limiter: Limiter) -> None:
    """Add what changes something."""

    @api.post("/api/v1/syncs/<path:name>/check")
    def check(name: str) -> tuple[Response, int]:
        ask_for_look(site, limiter, name)
        return jsonify({"asked": name, "looks": link("api.looks_of", name=name)}), 202

    @api.get("/api/v1/silences")
    def silences() -> Response:
        found = site.history.read(lambda each: read_silences(each, site.now()))
        return listing([json_objects.of_silence(silence) for silence in found], None)

    @api.post("/api/v1/silences")
    def silence() -> tuple[Response, int]:
        given = given_object()
        if given is None or given.keys() - SILENCE_KEYS:
            # A misspelt name of a sync would silence all.
            abort(400, "a JSON object with sync, hours, reason")
        return jsonify(json_objects.of_silence(begin_silence(site, given))), 202


def chosen(connection: sqlite3.Connection, site: Site) -> State | None:
    """Return the sync that is asked for, or that needs attention most. None: there is none.

    Ends the request with 404 for a name that is no sync's.
    """
    name = request.args.get("sync")
    if name is not None:
        return site.states.one(connection, find_sync(site, name), site.now())
    states = site.states.read(connection, site.now())
    if not states:
        return None
    return states[0]


def looks_page(site: Site, name: str | None) -> Response:
    """Return looks, the newest first, with where the older ones are."""
    limit = limit_of()
    before = number_of("before")
    found = site.history.read(lambda each: queries.looks(each, name, before, limit))
    following = None
    if len(found) == limit:
        following = link("api.looks", before=found[-1].run_id, limit=limit)
        if name is not None:
            following = link("api.looks_of", name=name, before=found[-1].run_id, limit=limit)
    return listing([json_objects.of_look(look) for look in found], following)


def limit_of() -> int:
    """Return how many are asked for."""
    return min(number_of("limit") or USUAL_LIMIT, MOST)


def listing(items: list[dict[str, Any]], following: str | None, **more: Any) -> Response:
    """Return a page of items, and where the next one is."""
    return jsonify({"items": items, "next": following, **more})
