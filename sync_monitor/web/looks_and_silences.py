"""What the page may change: a look that is asked for, and silences. Names are looked up first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

from flask import abort, g, request
from werkzeug.exceptions import TooManyRequests

from sync_monitor.history.notices import silences, write_silence
from sync_monitor.model import Sync
from sync_monitor.records import Silence
from sync_monitor.web.rate_limits import Limiter
from sync_monitor.web.site import Site, WritableHistory

#: A silence always ends.
LONGEST_HOURS = 720.0
LONGEST_REASON = 200
ONLY_READS = "This page only reads: `monitor run` measures and writes."


def ask_for_look(site: Site, limiter: Limiter, name: str) -> None:
    """Ask for a look at a sync.

    Ends the request with 404 for a name that is no sync's, with 503 where nobody measures, with 429
    where it is too early.
    """
    sync = find_sync(site, name)
    if site.check is None:
        abort(503, ONLY_READS)
    wait = limiter.wait(name)
    if wait:
        refuse_early(wait)
    site.check(sync.name, g.user or "page")


def find_sync(site: Site, name: str) -> Sync:
    """Return a sync by its name. Ends the request with 404 where there is none."""
    found = site.by_name.get(name)
    if found is None:
        abort(404, "There is no sync of this name.")
    return found


def refuse_early(wait: float) -> NoReturn:
    """End a request that comes too early."""
    seconds = math.ceil(wait)
    text = f"Asked for a moment ago: again in {seconds} s."
    raise TooManyRequests(text, retry_after=seconds)


def begin_silence(site: Site, given: Mapping[str, Any]) -> Silence:
    """Write a silence as it is asked for, and return it.

    Parameters:
        given: sync (empty for all), hours, reason.

    Ends the request with 400 for what is none, 404 for a name that is no sync's, 503 where this
    page only reads.
    """
    writable = require_writable(site)
    name = given.get("sync", "")
    if not isinstance(name, str):
        # Such as the null of a program that has no name: it would silence all.
        abort(400, "sync: the name of one, empty for all")
    if name:
        find_sync(site, name)
    hours = hours_of(given.get("hours"))
    reason = str(given.get("reason") or "").strip()
    if not reason.isprintable() or len(reason) > LONGEST_REASON:
        abort(400, f"reason: at most {LONGEST_REASON} printed signs")
    now = site.now()
    silence = Silence(name, g.user or "page", reason, now, now + timedelta(hours=hours))
    number = writable.write(lambda connection: write_silence(connection, silence))
    return replace(silence, number=number)


def given_object() -> dict[str, Any] | None:
    """Return the JSON object that a program sends, None where it is none."""
    try:
        given = request.get_json(silent=True)
    except RecursionError:
        # Lists within lists, as deep as a body is long.
        return None
    if not isinstance(given, dict):
        return None
    return given


def hours_of(given: Any) -> float:
    """Return how long a silence is. Ends the request with 400 for one that never ends."""
    try:
        hours = float(given)
    except (OverflowError, TypeError, ValueError):
        hours = math.nan
    if not 0 < hours <= LONGEST_HOURS:
        abort(400, f"hours: more than 0, at most {LONGEST_HOURS:g}")
    return hours


def end_silence(site: Site, number: int) -> None:
    """End a silence now. Ends the request with 404 where none of this number lasts."""
    writable = require_writable(site)
    now = site.now()
    for silence in site.history.read(lambda connection: silences(connection, now)):
        if silence.number == number:
            writable.write(partial(write_silence, silence=replace(silence, ends=now)))
            return
    abort(404, "There is no such silence.")


def require_writable(site: Site) -> WritableHistory:
    """Return the history to write. Ends the request with 503 where this page only reads."""
    if site.writable is None:
        abort(503, ONLY_READS)
    return site.writable
