"""The pages that people see. Each takes names and numbers alone, which are looked up."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request
from flask import url_for as link
from werkzeug.wrappers import Response as AnyResponse

from sync_monitor.history import queries
from sync_monitor.history.notices import silences as read_silences
from sync_monitor.triage.claude import INSTRUCTIONS
from sync_monitor.web.asking_claude import ask_model, show_question
from sync_monitor.web.detail import Detail, read_detail
from sync_monitor.web.guard import COOKIE
from sync_monitor.web.looks_and_silences import ask_for_look, begin_silence, end_silence, find_sync
from sync_monitor.web.overview import FRONT, headline, read_overview, row_of
from sync_monitor.web.rate_limits import Limiter, RateLimits
from sync_monitor.web.site import Site
from sync_monitor.web.triage import pretty

RUNS = 50
RUNS_OF_SYNC = 10
#: Of pages of what is now. The others are of what was, or hold a form.
REFRESH_SECONDS = 30
#: While an answer is waited for.
SOON_SECONDS = 3
#: What a run's number may be at most, as SQLite has it.
MOST_NUMBER = 2**63 - 1


def make_pages(site: Site, limits: RateLimits) -> Blueprint:
    """Return the pages."""
    pages = Blueprint("pages", __name__)
    add_syncs(pages, site, limits.looks)
    add_advice(pages, site, limits.questions)
    add_runs(pages, site)
    add_silences(pages, site)
    return pages


def add_syncs(pages: Blueprint, site: Site, limiter: Limiter) -> None:
    """Add the pages of all syncs and of one."""

    @pages.get("/")
    def overview() -> AnyResponse:
        chosen = request.args.get("show", FRONT)
        number = number_of("page") or 1
        asked = site.asked()
        found = site.history.read(lambda each: read_overview(each, site, chosen, number, asked))
        refresh = refresh_of(found.detail)
        title = headline(found.counts)
        return page(site, "overview.html", refresh, page=found, headline=title)

    @pages.get("/sync/<path:name>")
    def sync(name: str) -> AnyResponse:
        declared = find_sync(site, name)
        asked = site.asked()

        def work(connection: sqlite3.Connection) -> dict[str, Any]:
            now = site.now()
            state = site.states.one(connection, declared, now)
            return {
                "row": row_of(connection, state, site, now),
                "detail": read_detail(connection, site, state, now, asked),
                "runs": queries.looks(connection, name, limit=RUNS_OF_SYNC),
            }

        values = site.history.read(work)
        return page(site, "sync.html", refresh_of(values["detail"]), **values)

    @pages.post("/sync/<path:name>/check")
    def check(name: str) -> AnyResponse:
        ask_for_look(site, limiter, name)
        return redirect(link("pages.sync", name=name), 303)


def add_advice(pages: Blueprint, site: Site, limiter: Limiter) -> None:
    """Add what Claude would be sent, and the form that sends it."""

    @pages.get("/ask/<path:name>")
    def advice(name: str) -> AnyResponse:
        shown = site.history.read(lambda each: show_question(each, site, name))
        return page(
            site,
            "ask.html",
            name=name,
            shown=shown,
            sent=pretty(shown.payload.text),
            adviser=site.adviser,
            instructions=INSTRUCTIONS,
        )

    @pages.post("/ask/<path:name>")
    def ask(name: str) -> AnyResponse:
        ask_model(site, limiter, name, request.form.get("sha256", ""))
        return redirect(f"{link('pages.sync', name=name)}#triage", 303)


def add_runs(pages: Blueprint, site: Site) -> None:
    """Add the audit trail and one look of it."""

    @pages.get("/runs")
    def runs() -> AnyResponse:
        name = request.args.get("sync") or None
        before = number_of("before")
        looks = site.history.read(lambda each: queries.looks(each, name, before, RUNS))
        total = site.history.read(queries.newest_run_id)
        return page(
            site, "runs.html", runs=looks, name=name, total=total, is_more=len(looks) == RUNS
        )

    @pages.get("/runs/<int:number>")
    def run(number: int) -> AnyResponse:
        look = None
        if number <= MOST_NUMBER:
            look = site.history.read(lambda each: queries.look(each, number))
        if look is None:
            abort(404, "There is no run of this number.")
        return page(site, "run.html", look=look)


def add_silences(pages: Blueprint, site: Site) -> None:
    """Add the silences, and the forms that begin and end one."""

    @pages.get("/silences")
    def silences() -> AnyResponse:
        found = site.history.read(lambda each: read_silences(each, site.now()))
        return page(site, "silences.html", silences=found, name=request.args.get("sync", ""))

    @pages.post("/silences")
    def silence() -> AnyResponse:
        begin_silence(site, request.form)
        return redirect(link("pages.silences"), 303)

    @pages.post("/silences/<int:number>/end")
    def end(number: int) -> AnyResponse:
        end_silence(site, number)
        return redirect(link("pages.silences"), 303)


def refresh_of(detail: Detail | None) -> int:
    """Return after how many seconds a page of what is now is asked for again."""
    if detail is not None and detail.advice is not None and detail.advice.is_under_way:
        return SOON_SECONDS
    return REFRESH_SECONDS


def page(site: Site, template: str, refresh: int = 0, **values: Any) -> AnyResponse:
    """Return a page, or that the reader has it already.

    Parameters:
        refresh: after how many seconds it is asked for again. 0: never.
    """
    text = render_template(
        template,
        form_token=site.access.form_token(g.session),
        refresh=refresh,
        can_check=site.check is not None,
        can_write=site.writable is not None,
        channels=", ".join(site.channels),
        user=g.user,
        **values,
    )
    response: Response = make_response(text)
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32], weak=True)
    return response.make_conditional(request)


def make_login(site: Site) -> Blueprint:
    """Return where a person gives the token, for a cookie."""
    login = Blueprint("entry", __name__)

    @login.get("/login")
    def form() -> AnyResponse:
        return ask_token(site)

    @login.post("/login")
    def log_in() -> AnyResponse:
        if not site.access.is_token(request.form.get("token", "")):
            return ask_token(site, is_wrong=True)
        response = redirect("/", 303)
        response.set_cookie(
            COOKIE,
            site.access.make_session(site.now()),
            httponly=True,
            samesite="Strict",
            secure=site.access.is_tls,
        )
        return response

    @login.post("/logout")
    def log_out() -> AnyResponse:
        response = redirect("/login", 303)
        response.delete_cookie(COOKIE, secure=site.access.is_tls, httponly=True, samesite="Strict")
        return response

    return login


def ask_token(site: Site, *, is_wrong: bool = False) -> AnyResponse:
    """Return the form for the token, also for who is logged in."""
    form_token = site.access.form_token(g.session)
    text = render_template("login.html", form_token=form_token, is_wrong=is_wrong)
    return make_response(text, 401 if is_wrong else 200)


def number_of(name: str) -> int | None:
    """Return a number of the address, None where there is none."""
    given = request.args.get(name, type=int)
    if given is None or not 0 < given <= MOST_NUMBER:
        return None
    return given
