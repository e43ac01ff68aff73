"""Make the pictures of docs/monitor.md: `python -m tests.acceptance.page.pictures`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sync_monitor.web.app import make_app
from sync_monitor.web.server import PageServer
from sync_monitor.web.site import Site
from tests.acceptance.page.browser import chromium, picture, what_is_missing
from tests.monitor.many import many_syncs
from tests.monitor.stories import faults, wells
from tests.monitor.streamstories import streams
from tests.monitor.test_page_asking import asking

DOCS = Path(__file__).parents[3] / "docs" / "pictures"
WIDTH = 1440
NOWHERE = "http://127.0.0.1:1"


def make_parser() -> argparse.ArgumentParser:
    """Return what reads the arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance.page.pictures")
    parser.add_argument("--into", type=Path, default=DOCS, help="directory (docs/pictures)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures, and return the exit code."""
    into = make_parser().parse_args(arguments).into
    missing = what_is_missing()
    if missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    into.mkdir(parents=True, exist_ok=True)
    take(wells(), into, "monitor-well", ("light",))
    take([*faults(), *streams()], into, "monitor-faults", ("light", "dark"))
    with tempfile.TemporaryDirectory() as directory, many_syncs(Path(directory), 1000) as site:
        take_page(site, into, "monitor-1000", ("light",))
    return 0


def take(stories: Sequence[Any], into: Path, name: str, themes: Sequence[str]) -> None:
    """Take pictures of the history of stories. The model that could be asked is not."""
    with (
        tempfile.TemporaryDirectory() as directory,
        asking(Path(directory), NOWHERE, list(stories)) as page,
    ):
        take_page(page.site, into, name, themes)


def take_page(site: Site, into: Path, name: str, themes: Sequence[str]) -> None:
    """Take pictures of a page in some themes."""
    with (
        PageServer(make_app(site), "127.0.0.1", 0) as server,
        chromium(WIDTH) as driver,
    ):
        for theme in themes:
            driver.get(server.url)
            button = driver.find_element("id", "theme")
            if button.text.lower() == theme:
                button.click()
            ending = "" if theme == "light" else f"-{theme}"
            file = into / f"{name}{ending}.webp"
            picture(driver, file, WIDTH)
            sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    sys.exit(main())
