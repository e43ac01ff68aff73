"""What triage says as JSON has it, and asking Claude by it."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, jsonify
from flask import url_for as link

from sync_monitor.history import queries, runbooks
from sync_monitor.web.asking_claude import Advice, Shown, ask_model, find_question, read_advice
from sync_monitor.web.looks_and_silences import find_sync, given_object
from sync_monitor.web.rate_limits import Limiter
from sync_monitor.web.site import Site
from sync_monitor.web.states import State
from sync_monitor.web.triage import read_answers


def add_triage(api: Blueprint, site: Site, limiter: Limiter) -> None:
    """Add what both writers say of a sync, what Claude would be sent, and sending it."""

    @api.get("/api/v1/syncs/<path:name>/triage")
    def triage(name: str) -> Response:
        sync = find_sync(site, name)
        asked = site.asked()

        def work(connection: sqlite3.Connection) -> dict[str, Any]:
            state = site.states.one(connection, sync, site.now())
            answers = read_answers(connection, state)
            return {
                "name": name,
                "answers": [said.answer.model_dump(mode="json") for said in answers],
                "claude": of_advice(read_advice(connection, site, state, asked)),
                "question": of_question(find_question(connection, site, sync)),
            }

        return jsonify(site.history.read(work))

    @api.post("/api/v1/syncs/<path:name>/triage")
    def ask(name: str) -> tuple[Response, int]:
        given = given_object() or {}
        digest = str(given.get("sha256") or "")
        ask_model(site, limiter, name, digest)
        return jsonify({"asked": name, "triage": link("api.triage", name=name)}), 202


def of_advice(advice: Advice | None) -> dict[str, Any] | None:
    """Return whether Claude can be asked, and how it went."""
    if advice is None:
        return None
    return {
        "can_ask": advice.can_ask,
        "is_under_way": advice.is_under_way,
        "words": advice.words,
    }


def of_question(shown: Shown | None) -> dict[str, Any] | None:
    """Return what would be sent, byte for byte."""
    if shown is None:
        return None
    return {"payload": shown.payload.text, "sha256": shown.digest, "calls_left": shown.calls_left}


def recommend(connection: sqlite3.Connection, state: State) -> dict[str, Any]:
    """Return the newest answer about a sync and the SQL of its issues.

    Claude's where it is about the same figures as that of the rules, which is there always.
    """
    answers = read_answers(connection, state)
    found: dict[str, Any] = dict.fromkeys(FIELDS)
    if answers:
        found = answers[-1].answer.model_dump(mode="json")
    texts: list[dict[str, Any]] = []
    for issue in queries.open_issues(connection, state.name):
        kept = runbooks.runbook(connection, issue.number or 0)
        if kept is not None:
            texts.append({"issue": kept.issue, "engine": kept.dialect, "sql": kept.text})
    return {**found, "runbook": texts}


#: Of an answer, null where nothing is wrong.
FIELDS = (
    "source",
    "model",
    "cause",
    "confidence",
    "summary",
    "evidence",
    "ruled_out",
    "actions",
    "asked_at",
)
