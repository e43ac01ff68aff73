"""The page as the settings want it, beside the looks of `monitor run` or alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from zoneinfo import ZoneInfo

from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.watching.readiness import Readiness
from sync_monitor.explaining import questions
from sync_monitor.model import Sync
from sync_monitor.web.access import Access, make_access
from sync_monitor.web.app import make_app
from sync_monitor.web.server import PageServer
from sync_monitor.web.site import Adviser, History, Site, WritableHistory
from sync_monitor.web.words import Clock
from sync_monitor.wiring.notices_and_model import make_channels


def access_of(settings: MonitorSettings) -> Access:
    """Return who may come.

    Raises SettingsError where others than this machine could, and nobody would ask them.
    """
    monitor = settings.monitor
    token = ""
    if monitor.token is not None:
        token = monitor.token.get_secret_value()
    return make_access(
        monitor.host,
        token,
        monitor.allowed_hosts,
        monitor.trust_proxy_user,
        page_url=monitor.page_url or "",
    )


def serve_page(
    settings: MonitorSettings,
    syncs: Sequence[Sync],
    history: History,
    *,
    check: Callable[[str, str], object] | None = None,
    writable: WritableHistory | None = None,
    readiness: Readiness | None = None,
    adviser: Adviser | None = None,
) -> AbstractContextManager[PageServer]:
    """Return the page, which is served from its entering to its leaving.

    Parameters:
        check: asks for a look at the sync of a name, for a person.
        writable: takes silences.
        readiness: whether the loops get on. None: there are none.
        adviser: who may be asked beside the rules. None: nobody, here.

    Raises SettingsError for an address that can't be taken, or that anybody could come to.
    """
    monitor = settings.monitor
    site = Site(
        history,
        syncs,
        timedelta(seconds=monitor.interval_seconds),
        Clock(ZoneInfo(monitor.zone)),
        access_of(settings),
        check=check,
        writable=writable,
        channels=[channel.name for channel in make_channels(settings)],
        readiness=readiness,
        adviser=adviser or Adviser(question=questions(), send_names=settings.triage_send_names),
    )
    return PageServer(make_app(site), monitor.host, settings.port)
