"""The web application of the monitor, put together."""

from __future__ import annotations

from typing import Any

from flask import Flask, make_response, render_template, request
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException

from sync_monitor.errors import HistoryDamaged, HistoryUnavailable
from sync_monitor.web import words
from sync_monitor.web.api import make_api
from sync_monitor.web.guard import Misdirected, install
from sync_monitor.web.health import make_health
from sync_monitor.web.pages import make_login, make_pages
from sync_monitor.web.rate_limits import Limiter, RateLimits
from sync_monitor.web.site import Site
from sync_monitor.web.sync_rows import why

#: Of a request's body: forms and small JSON.
MOST_BYTES = 16_384
LEGEND = ("ok", "late", "part", "miss", "dup", "other", "unk", "open")


def make_app(site: Site) -> Flask:
    """Return the application, which asks nobody but the history."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    # The seven keys of /api/metrics have an order.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    add_words(app, site)
    limits = RateLimits(Limiter(), Limiter())
    install(app, site)
    app.register_blueprint(make_pages(site, limits))
    app.register_blueprint(make_login(site))
    app.register_blueprint(make_api(site, limits))
    app.register_blueprint(make_health(site))
    add_errors(app)
    return app


def add_words(app: Flask, site: Site) -> None:
    """Let templates use the words of the page."""
    legend: dict[str, str] = {}
    for kind, text in words.STATES.values():
        if kind in LEGEND:
            legend.setdefault(kind, text)
    app.jinja_env.globals.update(
        clock=site.clock,
        count=words.count,
        many=words.many,
        length=words.length,
        hours=words.hours,
        glyphs=words.GLYPHS,
        words=words.WORDS,
        legend=legend,
        cell_in_words=words.cell_in_words,
        why=lambda state: why(state, site.clock),
    )


def add_errors(app: Flask) -> None:
    """Answer errors as who asks reads them: pages for people, JSON for programs."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Any:
        if error.response is not None:
            return error.response
        response = make_response(answer(error.code or 500, error.name, error.description or ""))
        for name, value in error.get_headers():
            # Its others, such as Allow and Retry-After, belong to its code.
            if name != "Content-Type":
                response.headers.add(name, value)
        return response

    @app.errorhandler(HistoryUnavailable)
    @app.errorhandler(HistoryDamaged)
    def unavailable(error: Exception) -> Any:
        return answer(503, "Not now", str(error))


def answer(code: int, name: str, text: str) -> Any:
    """Return what an error is."""
    if request.path.startswith("/api/"):
        return {"error": text or name}, code
    # A page for a host that is not ours, and may be no name at all, has nothing that it could link.
    if code == Misdirected.code or request.path.startswith(("/metrics", "/livez", "/readyz")):
        return Response(f"{text or name}\n", code, mimetype="text/plain")
    return render_template("problem.html", name=name, text=text), code
