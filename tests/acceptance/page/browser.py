"""A real browser for the page: Debian's Chromium by selenium, which `make services` installs."""

from __future__ import annotations

import os
import shutil
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: axe-core's one file, which `make services` fetches from npm.
AXE = Path(os.environ.get("AXE_FILE", Path.home() / ".cache/oracle-cdc-sqs/axe.min.js"))
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)


def what_is_missing() -> str:
    """Return what keeps the browser from starting, empty where nothing does."""
    missing = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    if not missing:
        return ""
    return f"{', '.join(missing)} is missing: make services installs chromium and chromium-driver"


MISSING = what_is_missing()
#: Of tests that need a browser.
MARKS = [
    pytest.mark.skipif(
        bool(MISSING) and os.environ.get("REQUIRE_BROWSER") != "1", reason=MISSING or "there"
    ),
    pytest.mark.timeout(180),
]
#: By the ending of a picture's file.
QUALITY: Mapping[str, Mapping[str, int]] = {"png": {}, "webp": {"quality": 60}}


@contextmanager
def chromium(width: int = 1440, height: int = 900, *, scripts: bool = True) -> Iterator[Any]:
    """Lend a browser that notes every request it makes."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"--window-size={width},{height}"):
        options.add_argument(flag)
    if not scripts:
        blocked = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", blocked)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def picture(driver: Any, file: Path, width: int) -> None:
    """Write the whole page as a picture."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    height = driver.execute_script("return document.documentElement.scrollHeight")
    metrics["height"] = height
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    # What scrolls by itself is drawn a frame or two behind the rest.
    driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"
    )
    kind = file.suffix.removeprefix(".")
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": kind, **QUALITY[kind]})
    file.write_bytes(b64decode(shot["data"]))
