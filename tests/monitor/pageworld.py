"""A small history with its page, and what a test asks of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from sync_monitor.history.store import Store
from sync_monitor.model import Engine
from sync_monitor.web.app import make_app
from sync_monitor.web.site import Site
from tests.monitor.building import NOW
from tests.monitor.stories import Story, make_site, make_sync, write_stories

FAULTY, WELL, REFUSED = "HR.EMPLOYEES", "SALES.ORDERS", "FIN.GL_ENTRIES"


def short_stories() -> list[Story]:
    """Return one sync with faults, one that is well, one that Oracle refuses."""
    return [
        Story(
            make_sync(FAULTY),
            20,
            lacking={"2026-11-23": 20, "2026-11-24": 3},
            doubled={"2026-11-20": 2},
            is_short=True,
        ),
        Story(make_sync(WELL, Engine.HIVE), 20, is_short=True),
        Story(make_sync(REFUSED), 20, refused=NOW, is_short=True),
    ]


@dataclass
class Page:
    """A page that is served to a test's client."""

    store: Store
    site: Site
    client: FlaskClient

    def text(self, path: str = "/") -> str:
        """Return a page that there is."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    @property
    def form(self) -> dict[str, str]:
        """Return what a form of the page carries."""
        return {"form_token": self.site.access.form_token("")}


@contextmanager
def page_of(directory: Path, stories: list[Story], **changes: object) -> Iterator[Page]:
    """Lend the page of some stories."""
    with Store(directory) as store:
        write_stories(store, stories)
        site = make_site(store, [story.sync for story in stories], **changes)
        app = make_app(site)
        app.testing = True
        yield Page(store, site, app.test_client())
