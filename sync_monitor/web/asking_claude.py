"""Asking Claude from the page: what would leave is shown first, and just that is sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from flask import abort

from sync_monitor.history.consultations import CLAUDE, newest_asked
from sync_monitor.model import Sync
from sync_monitor.triage.payload import Payload, Question, build_payload
from sync_monitor.web.looks_and_silences import find_sync, refuse_early
from sync_monitor.web.rate_limits import Limiter
from sync_monitor.web.site import Site
from sync_monitor.web.states import State
from sync_monitor.web.triage import is_of_now, newest_of_rules
from sync_monitor.web.words import Clock, many

STANDS = "The rules' answer stands."
UNDER_WAY = f"Claude is asked now: its answer, or why there is none, comes here. {STANDS}"
BEFORE = "What is sent is shown before it is sent: figures, no row and no key."
#: What failures of a call mean to a person.
MEANINGS: Mapping[str, str] = {
    "HTTP 401": "HTTP 401, CLAUDE_API_KEY is refused",
    "HTTP 403": "HTTP 403, CLAUDE_API_KEY has no right to it",
    "HTTP 404": "HTTP 404, there is no such CLAUDE_MODEL",
    "HTTP 429": "HTTP 429, too many questions, ask later",
    "HTTP 500": "HTTP 500, it failed",
    "HTTP 529": "HTTP 529, it is overloaded",
    "the model ended by refusal": "it refused to answer",
    "the model ended by max_tokens": "its answer was cut off at TRIAGE_MAX_TOKENS",
}


@dataclass(frozen=True)
class Advice:
    """What the page says of asking Claude about a sync that is not well.

    Parameters:
        words: how it went, or why it can't be asked.
    """

    can_ask: bool
    is_under_way: bool
    words: str


@dataclass(frozen=True)
class Shown:
    """What would be sent about a sync.

    Parameters:
        digest: SHA-256 of the text, by which just that is sent which was shown.
        calls_left: of the last 24 hours' budget. None: nobody can be asked here.
    """

    payload: Payload
    question: Question
    digest: str
    calls_left: int | None


def read_advice(
    connection: sqlite3.Connection, site: Site, state: State, asked: frozenset[str]
) -> Advice | None:
    """Return what is said of asking about a sync, None where the rules say nothing of it.

    Parameters:
        asked: the syncs about which a question was under way before the history was read: an
            answer that came meanwhile is not in it.
    """
    if newest_of_rules(connection, state) is None:
        return None
    consultant = site.adviser.consultant
    if consultant is None:
        return Advice(False, False, f"Claude is not asked: {site.adviser.why_not}.")
    if state.name in asked:
        return Advice(False, True, UNDER_WAY)
    words = how_it_went(connection, state, site.clock)
    if not consultant.calls_left(connection):
        return Advice(False, False, f"{words} {over_budget(site)}".strip())
    return Advice(True, False, words or BEFORE)


def over_budget(site: Site) -> str:
    """Return that no call is left."""
    consultant = site.adviser.consultant
    calls = 0 if consultant is None else consultant.calls_per_day
    return (
        f"Claude is not asked: TRIAGE_MAX_CALLS_PER_DAY allows {many(calls, 'call')} in 24 hours, "
        "and none is left."
    )


def how_it_went(connection: sqlite3.Connection, state: State, clock: Clock) -> str:
    """Return why the last question about the state of now has no answer, empty where it has."""
    asked = newest_asked(connection, state.name)
    by_rules = newest_of_rules(connection, state)
    if asked is None or by_rules is None or asked.source == CLAUDE:
        return ""
    if not is_of_now(connection, asked, by_rules, state):
        return ""
    failure = MEANINGS.get(asked.failure, asked.failure) or "no answer was kept"
    return f"Claude was asked {clock.near(asked.asked_at)}: {failure}. {STANDS}"


def show_question(connection: sqlite3.Connection, site: Site, name: str) -> Shown:
    """Return what would be sent about a sync.

    Ends the request with 404 for a name that is no sync's, and for a sync that is well.
    """
    shown = find_question(connection, site, find_sync(site, name))
    if shown is None:
        abort(404, "Nothing is wrong with it, or nobody has looked yet: there is nothing to ask.")
    return shown


def find_question(connection: sqlite3.Connection, site: Site, sync: Sync) -> Shown | None:
    """Return what would be sent about a sync, None where there is nothing to ask."""
    question = site.adviser.question(connection, sync)
    if question is None:
        return None
    payload = build_payload(question.case, question.rules, send_names=site.adviser.send_names)
    left = None
    if site.adviser.consultant is not None:
        left = site.adviser.consultant.calls_left(connection)
    return Shown(payload, question, sha256(payload.text.encode()).hexdigest(), left)


def ask_model(site: Site, limiter: Limiter, name: str, digest: str) -> None:
    """Ask about a sync what was shown. Nobody waits for the answer.

    Ends the request with 404 where there is nothing to ask, 503 where nobody can be asked, 409
    where other figures were shown, 429 where no call is left or it is too early.
    """
    shown = site.history.read(lambda connection: show_question(connection, site, name))
    consultant = site.adviser.consultant
    if consultant is None:
        abort(503, f"Claude is not asked: {site.adviser.why_not}.")
    if digest != shown.digest:
        abort(
            409,
            "Nothing was sent: a look has brought other figures since these were shown. "
            "Load the page again to see what would be sent now.",
        )
    if consultant.is_asking(name):
        return
    if not shown.calls_left:
        abort(429, over_budget(site))
    wait = limiter.wait(name)
    if wait:
        refuse_early(wait)
    consultant.ask(shown.question)
