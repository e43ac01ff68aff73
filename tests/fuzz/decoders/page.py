"""Requests to the monitor's page: methods, paths, headers and forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.decoders import Take
from tests.monitor.pageworld import page_of, short_stories

WORDS = (
    b"GET /?state=",
    b"GET /sync/HR.EMPLOYEES",
    b"GET /api/v1/looks?limit=",
    b"POST /api/v1/",
    b"Host: localhost\n",
    b"Cookie: monitor_session=",
    b"Authorization: Bearer ",
    b"%00",
    b"%ff",
    b"../",
    b"cursor=",
    b"9" * 30,
)
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"))


def seeds() -> Sequence[bytes]:
    paths = (
        "/",
        "/?page=2&state=OK&q=x",
        "/metrics",
        "/livez",
        "/readyz",
        "/login",
        "/api/metrics",
    )
    found = [f"GET {path}\nHost: localhost\n\n".encode() for path in paths]
    found.append(b"POST /login\nHost: localhost\n\ntoken=x&form_token=y")
    return found


@contextmanager
def opened() -> Iterator[Take]:
    with TemporaryDirectory() as folder, page_of(Path(folder), short_stories()) as page:
        page.client.application.testing = False
        page.client.application.config["PROPAGATE_EXCEPTIONS"] = True
        form = page.form["form_token"]
        addresses = [str(rule.rule) for rule in page.client.application.url_map.iter_rules()]

        def take(data: bytes) -> None:
            head, _, body = data.partition(b"\n\n")
            first, *lines = head.decode("latin-1").split("\n")
            method, _, path = first.partition(" ")
            if method not in METHODS:
                method, path = "GET", addresses[len(data) % len(addresses)] + path
            headers = {"Host": "localhost", "X-Form-Token": form}
            for line in lines:
                name, _, value = line.partition(":")
                if name.isascii() and name.replace("-", "").isalnum():
                    headers[name] = value.strip().replace("\r", "").replace("\0", "")
            answer = page.client.open(
                f"/{path.lstrip('/')}", method=method, headers=headers, data=body
            )
            assert answer.status_code < 500, answer.status_code
            answer.close()

        yield take
