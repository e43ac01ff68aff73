"""Who may come to the page, as the settings say it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.monitor import MonitorSection
from sync_monitor.explaining import questions
from sync_monitor.web.access import Access, make_access
from sync_monitor.web.site import Adviser
from tests.monitor.pageworld import FAULTY, page_of, short_stories
from tests.monitor.test_page_security import TOKEN


def test_a_host_is_known_at_each_port_also_where_one_is_set() -> None:
    access = make_access("0.0.0.0", TOKEN, "Monitor.Example:5000,[2001:DB8::1]:443,10.0.0.1")
    for host in ("monitor.example", "monitor.example:8443", "[2001:db8::1]:5000", "10.0.0.1:5000"):
        assert access.knows_host(host)
    assert not access.knows_host("5000")


@pytest.mark.parametrize(
    "path", ["/", f"/sync/{FAULTY}", "/runs", "/runs/1", "/silences", f"/ask/{FAULTY}"]
)
def test_who_is_logged_in_sees_each_page_and_can_log_out_there(tmp_path: Path, path: str) -> None:
    adviser = Adviser(question=questions())
    with page_of(tmp_path, short_stories()[:1], access=Access(TOKEN), adviser=adviser) as page:
        page.client.post("/login", data={**page.form, "token": TOKEN})
        found = re.search(r'action="/logout">.*?name="form_token" value="(\w+)"', page.text(path))
        assert found is not None
        assert page.client.post("/logout", data={"form_token": found[1]}).status_code == 303
        assert page.client.get(path).status_code == 303


@pytest.mark.parametrize("hosts", ["*", "*.example", "a b", "https://monitor.example", "מוניטור"])
def test_what_no_browser_sends_is_no_name_of_a_host(hosts: str) -> None:
    with pytest.raises(ValidationError, match="host names as browsers send them"):
        MonitorSection(allowed_hosts=hosts)


@pytest.mark.parametrize(
    ("host", "token", "hosts"),
    [("0.0.0.0", "", ""), ("0.0.0.0", TOKEN, ""), ("10.0.0.1", "", "a"), ("::", TOKEN, " , ")],
)
def test_an_address_that_others_reach_needs_a_token_and_names(
    host: str, token: str, hosts: str
) -> None:
    with pytest.raises(SettingsError, match=f"MONITOR_HOST: given {host}; allowed"):
        make_access(host, token, hosts)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.9"])
def test_this_machine_needs_none(host: str) -> None:
    assert not make_access(host, "", "").is_asked


def test_a_token_and_names_allow_another_address() -> None:
    access = make_access("0.0.0.0", TOKEN, "Monitor.Example, other")
    assert access.allowed_hosts == {"monitor.example", "other"}
    assert access.is_asked
