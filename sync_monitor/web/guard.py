"""The one guard before every request: whose host it names, who sends it, whether a form is ours."""

from __future__ import annotations

from flask import Flask, Response, abort, g, redirect, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from sync_monitor.web.access import printable_name
from sync_monitor.web.site import Site

COOKIE = "monitor_session"
FORM_FIELD = "form_token"
FORM_HEADER = "X-Form-Token"
#: What probes ask, who know neither our name nor the token. They say nothing of a sync.
PROBES = frozenset(("health.livez", "health.readyz"))
#: What a person needs to log in.
OPEN = frozenset(("entry.form", "entry.log_in", "static"))
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Misdirected(HTTPException):
    """A request names a host that is not ours."""

    code = 421
    description = "This is not the host that you asked for: see MONITOR_ALLOWED_HOSTS."


def install(app: Flask, site: Site) -> None:
    """Put the guard before every request, and its headers on every answer."""

    @app.before_request
    def guard() -> AnyResponse | None:
        endpoint = request.endpoint or ""
        g.user, g.session, g.is_program = "", "", False
        if endpoint in PROBES:
            return None
        if not site.access.knows_host(request.headers.get("Host", "")):
            raise Misdirected
        is_known = identify(site)
        if endpoint not in OPEN and site.access.is_asked and not is_known:
            return ask_who()
        if request.method not in SAFE and not g.is_program:
            require_own_form(site)
        return None

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def identify(site: Site) -> bool:
    """Note who sends a request, and return whether it is known."""
    access = site.access
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and access.is_token(given.strip()):
        g.user, g.is_program = "token", True
        return True
    cookie = request.cookies.get(COOKIE, "")
    if access.token and cookie and access.is_session(cookie, site.now()):
        g.user, g.session = "page", cookie
        return True
    if access.proxy_user:
        g.user = printable_name(request.headers.get(access.proxy_user, ""))
        g.session = g.user
        return bool(g.user)
    return False


def ask_who() -> AnyResponse:
    """Return where a person logs in. Ends the request of a program with 401."""
    if request.path.startswith(("/api/", "/metrics")):
        text = "A token is missing: Authorization: Bearer ..."
        raise Unauthorized(text, www_authenticate=WWWAuthenticate("bearer"))
    return redirect(url_for("entry.form"), 303)


def require_own_form(site: Site) -> None:
    """Refuse what no form of our own page sends."""
    given = request.headers.get(FORM_HEADER) or request.form.get(FORM_FIELD, "")
    if not site.access.is_form_token(given, g.session):
        abort(403, "No form of this page, or too old: load it again. Programs need a token.")
