"""Who may see the page and change something: one guard before every address that there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sync_monitor.history.store import Store
from sync_monitor.web.access import SESSION, Access, make_access
from sync_monitor.web.app import make_app
from sync_monitor.web.rate_limits import SECONDS, Limiter
from tests.monitor.building import NOW
from tests.monitor.stories import make_site, make_sync

TOKEN = "a-token-of-no-less-than-32-characters"
SYNC = make_sync("HR.EMPLOYEES")
PROBES = {"/livez", "/readyz"}
OPEN = {*PROBES, "/login", "/static/<path:filename>"}
asked: list[tuple[str, str]] = []


def serve(store: Store, access: Access, **changes: object) -> FlaskClient:
    def check(name: str, by: str) -> None:
        asked.append((name, by))

    asked.clear()
    return make_app(make_site(store, [SYNC], access=access, check=check, **changes)).test_client()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as found:
        yield found


def addresses(client: FlaskClient, method: str) -> list[tuple[str, str]]:
    """Return the rule and an address of every one that takes a method."""
    found: list[tuple[str, str]] = []
    for rule in client.application.url_map.iter_rules():
        if method in (rule.methods or ()):
            path = rule.rule.replace("<path:name>", SYNC.name).replace("<int:number>", "1")
            found.append((rule.rule, path.replace("<path:filename>", "page.css")))
    return found


def test_every_address_refuses_a_foreign_host(store: Store) -> None:
    client = serve(store, Access())
    for method in ("GET", "POST"):
        for rule, path in addresses(client, method):
            answer = client.open(path, method=method, headers={"Host": "evil.example"})
            assert (answer.status_code == 421) is (rule not in PROBES), rule
    assert client.get("/nowhere", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:5000", "[::1]:5000", "LOCALHOST:80", "monitor.example:8443"]
)
def test_hosts_of_our_own_are_served(store: Store, host: str) -> None:
    client = serve(store, Access(allowed_hosts=frozenset(("monitor.example",))))
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost.evil.example",
        "evil.example:localhost",
        "127.0.0.1.evil",
        "::1",
        "local..host",
        "x" * 300,
    ],
)
def test_hosts_that_look_like_ours_are_not(store: Store, host: str) -> None:
    answer = serve(store, Access()).get("/", headers={"Host": host})
    assert answer.status_code in (400, 421)


def test_every_address_asks_who_comes_once_there_is_a_token(store: Store) -> None:
    client = serve(store, Access(TOKEN))
    for rule, path in addresses(client, "GET"):
        expected = {303, 401}
        if rule in OPEN:
            expected = {200}
        with client.get(path) as answer:
            assert answer.status_code in expected, rule
    for rule, path in addresses(client, "POST"):
        if rule != "/login":
            assert client.post(path).status_code in (303, 401), rule
    assert asked == []


def test_every_post_needs_a_form_of_our_own(store: Store) -> None:
    client = serve(store, Access())
    for rule, path in addresses(client, "POST"):
        assert client.post(path, data={"form_token": "x"}).status_code == 403, rule
        assert client.post(path, json={"hours": 1}).status_code == 403, rule
    assert asked == []


def test_a_program_shows_the_token(store: Store) -> None:
    client = serve(store, Access(TOKEN))
    known = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/api/metrics", headers=known).status_code == 200
    answer = client.post(f"/api/v1/syncs/{SYNC.name}/check", headers=known)
    assert answer.status_code == 202
    assert asked == [(SYNC.name, "token")]
    for wrong in (TOKEN[:-1], f"{TOKEN}x", "", "é"):
        answer = client.get("/api/metrics", headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code == 401


def test_a_person_logs_in_and_out(store: Store) -> None:
    access = Access(TOKEN)
    client = serve(store, access)
    form = {"form_token": access.form_token(""), "token": "wrong"}
    assert client.post("/login", data=form).status_code == 401
    answer = client.post("/login", data={**form, "token": TOKEN})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert client.get("/").status_code == 200
    text = client.get("/silences").text
    own = text.split('name="form_token" value="')[1].split('"')[0]
    assert client.post("/logout", data={"form_token": access.form_token("")}).status_code == 403
    assert client.post("/logout", data={"form_token": own}).status_code == 303
    assert client.get("/").status_code == 303


def test_a_person_who_is_logged_in_logs_in_again(store: Store) -> None:
    client = serve(store, Access(TOKEN))
    for _ in range(2):
        own = client.get("/login").text.split('name="form_token" value="')[1].split('"')[0]
        answer = client.post("/login", data={"form_token": own, "token": TOKEN})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(
    ("page_url", "is_secure"),
    [
        ("https://monitor.example/", True),
        ("HTTPS://monitor.example", True),
        ("http://monitor.example/", False),
        ("", False),
    ],
)
def test_a_cookie_travels_by_https_alone_where_people_reach_the_page_so(
    store: Store, page_url: str, is_secure: bool
) -> None:
    access = make_access("127.0.0.1", TOKEN, "monitor.example", page_url=page_url)
    client = serve(store, access)
    # Headers that nobody configured are not believed.
    seen = {"Host": "monitor.example", "X-Forwarded-Proto": "https", "Forwarded": "proto=https"}
    form = {"form_token": access.form_token(""), "token": TOKEN}
    answer = client.post("/login", data=form, headers=seen)
    assert ("Secure" in answer.headers["Set-Cookie"].split("; ")) is is_secure


def test_who_reaches_the_page_by_https_stays_logged_in_until_he_logs_out(store: Store) -> None:
    access = make_access("127.0.0.1", TOKEN, "monitor.example", page_url="https://monitor.example")
    client = serve(store, access)
    behind = {"base_url": "https://monitor.example"}
    form = {"form_token": access.form_token(""), "token": TOKEN}
    client.post("/login", data=form, **behind)
    rest = client.get("/silences", **behind).text.split('name="form_token" value="')[1]
    answer = client.post("/logout", data={"form_token": rest.split('"')[0]}, **behind)
    assert answer.location == "/login"
    assert client.get("/", **behind).status_code == 303


def test_a_cookie_ends_and_none_can_be_made() -> None:
    access = Access(TOKEN)
    cookie = access.make_session(NOW)
    assert access.is_session(cookie, NOW + SESSION - timedelta(seconds=1))
    assert not access.is_session(cookie, NOW + SESSION + timedelta(seconds=1))
    ends, nonce, signature = cookie.split(".")
    assert not access.is_session(f"{int(ends) + 9999}.{nonce}.{signature}", NOW)
    for wrong in ("", ".", "..", "x", f"{ends}.{nonce}.", "é.é.é"):
        assert not access.is_session(wrong, NOW)
    assert not Access("another" + TOKEN).is_session(cookie, NOW)
    assert Access(TOKEN).is_session(cookie, NOW)


def test_a_proxy_says_who_was_logged_in(store: Store) -> None:
    access = Access(proxy_user="X-Forwarded-User")
    client = serve(store, access)
    assert client.get("/").status_code == 303
    user = {"X-Forwarded-User": "m.levi"}
    assert client.get("/", headers=user).status_code == 200
    form = {"form_token": access.form_token("m.levi")}
    path = f"/sync/{SYNC.name}/check"
    assert client.post(path, data=form, headers=user).status_code == 303
    assert asked == [(SYNC.name, "m.levi")]
    other = {"X-Forwarded-User": "somebody"}
    assert client.post(path, data=form, headers=other).status_code == 403


def test_a_header_of_a_user_says_nothing_unless_it_is_set(store: Store) -> None:
    client = serve(store, Access(TOKEN))
    assert client.get("/", headers={"X-Forwarded-User": "m.levi"}).status_code == 303


def test_every_answer_carries_the_policy(store: Store) -> None:
    client = serve(store, Access())
    for _, path in addresses(client, "GET"):
        with client.get(path) as answer:
            assert answer.status_code in (200, 404)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        if not path.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_page_has_script_or_style_within(store: Store) -> None:
    client = serve(store, Access())
    for _, path in addresses(client, "GET"):
        with client.get(path) as answer:
            text = answer.text
        assert " style=" not in text
        assert " onclick=" not in text
        assert text.count("<script") <= 1


def test_a_look_is_asked_for_once_in_a_while(store: Store) -> None:
    client = serve(store, Access(TOKEN))
    known = {"Authorization": f"Bearer {TOKEN}"}
    path = f"/api/v1/syncs/{SYNC.name}/check"
    assert client.post(path, headers=known).status_code == 202
    answer = client.post(path, headers=known)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= SECONDS
    assert len(asked) == 1
    assert client.post("/api/v1/syncs/NOBODY/check", headers=known).status_code == 404


def test_programs_read_each_refusal_as_json_with_what_belongs_to_its_code(store: Store) -> None:
    client = serve(store, Access(TOKEN))
    known = {"Authorization": f"Bearer {TOKEN}"}
    path = f"/api/v1/syncs/{SYNC.name}/check"
    client.post(path, headers=known)
    unknown, early = client.get("/api/metrics"), client.post(path, headers=known)
    wrong = client.post("/api/metrics", headers=known)
    found = [(each.status_code, [*each.get_json()]) for each in (unknown, early, wrong)]
    assert found == [(401, ["error"]), (429, ["error"]), (405, ["error"])]
    assert unknown.headers["WWW-Authenticate"].strip() == "Bearer"
    assert wrong.allow.as_set(True) == {"GET", "HEAD", "OPTIONS"}
    # A person reads a page of it, which leads back.
    assert "<h2" in client.post(f"/sync/{SYNC.name}/check", headers=known).text


def test_a_limit_is_of_one_sync_and_ends() -> None:
    now = 0.0
    limiter = Limiter(lambda: now)
    assert limiter.wait("a") == 0
    assert limiter.wait("a") == SECONDS
    assert limiter.wait("b") == 0
    now = SECONDS
    assert limiter.wait("a") == 0


def test_a_page_that_only_reads_refuses_what_writes(store: Store) -> None:
    access = Access(TOKEN)
    site = make_site(store, [SYNC], access=access, writable=None)
    client = make_app(site).test_client()
    known = {"Authorization": f"Bearer {TOKEN}"}
    assert client.post(f"/api/v1/syncs/{SYNC.name}/check", headers=known).status_code == 503
    answer = client.post("/api/v1/silences", headers=known, json={"hours": 1})
    assert answer.status_code == 503
    assert "only reads" in client.get("/silences", headers=known).text


def test_a_large_body_is_refused(store: Store) -> None:
    client = serve(store, Access(TOKEN))
    known = {"Authorization": f"Bearer {TOKEN}"}
    body = {"hours": 1, "reason": "x" * 20_000}
    assert client.post("/api/v1/silences", headers=known, json=body).status_code in (400, 413)
