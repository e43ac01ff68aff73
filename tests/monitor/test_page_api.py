"""The JSON of the monitor, its OpenAPI file, and what Prometheus scrapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from oracle_cdc.settings.monitor_syncs import BEHIND_NAMES
from sync_monitor.history.writing import write_entries
from sync_monitor.verdicts import Cost
from sync_monitor.web.access import Access
from tests.monitor.building import NOW
from tests.monitor.pageworld import FAULTY, REFUSED, WELL, Page, page_of, short_stories

TOKEN = "a-token-of-no-less-than-32-characters"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}
KEYS = [
    "oracle_count",
    "lake_count",
    "sync_gap",
    "gap_percentage",
    "freshness_lag_hours",
    "severity",
    "missing_partitions",
]
OPENAPI = Path(__file__).parents[2] / "sync_monitor/web/static/openapi.json"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with page_of(tmp_path_factory.mktemp("api"), short_stories(), access=Access(TOKEN)) as found:
        yield found


def ask(page: Page, path: str) -> Any:
    answer = page.client.get(path, headers=KNOWN)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_metrics_have_seven_keys_in_their_order(page: Page) -> None:
    text = page.client.get(f"/api/metrics?sync={FAULTY}", headers=KNOWN).text
    assert list(json.loads(text)) == KEYS
    assert json.loads(text) == {
        "oracle_count": 600,
        "lake_count": 579,
        "sync_gap": 23,
        "gap_percentage": 3.83,
        "freshness_lag_hours": 1.2,
        "severity": "CRITICAL",
        "missing_partitions": ["2026-11-23"],
    }


def test_metrics_of_what_was_not_measured_are_null(page: Page) -> None:
    found = ask(page, f"/api/metrics?sync={REFUSED}")
    assert list(found) == KEYS
    assert found.pop("severity") == "UNKNOWN"
    assert set(found.values()) == {None}


def test_metrics_say_when_they_were_measured(page: Page) -> None:
    answer = page.client.get(f"/api/metrics?sync={WELL}", headers=KNOWN)
    assert answer.headers["Last-Modified"] == "Wed, 25 Nov 2026 09:52:00 GMT"


def test_without_a_name_the_worst_sync_is_meant(page: Page) -> None:
    assert ask(page, "/api/metrics") == ask(page, f"/api/metrics?sync={FAULTY}")
    assert page.client.get("/api/metrics?sync=NOBODY", headers=KNOWN).status_code == 404


def test_recommendations_are_an_answer_and_sql(page: Page) -> None:
    found = ask(page, f"/api/recommendations?sync={FAULTY}")
    assert found["source"] == "rules"
    assert found["cause"] == "LOAD_RETRIED"
    assert [each["issue"] for each in found["runbook"]] == [1, 2, 3]
    assert "INSERT INTO" in found["runbook"][1]["sql"]
    assert ask(page, f"/api/recommendations?sync={WELL}")["cause"] is None


def test_the_sql_of_the_page_is_that_of_the_api(page: Page) -> None:
    text = page.client.get(f"/sync/{FAULTY}", headers=KNOWN).text
    for each in ask(page, f"/api/recommendations?sync={FAULTY}")["runbook"]:
        shown = re.findall(rf'<pre id="sql{each["issue"]}".*?<code>(.*?)</code>', text, re.S)
        assert [unescape(found) for found in shown] == [each["sql"]]


def unescape(text: str) -> str:
    for written, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&#34;", '"')):
        text = text.replace(written, sign)
    return text.replace("&amp;", "&")


def test_lists_are_paged_to_their_end(page: Page) -> None:
    seen = []
    path: str | None = "/api/v1/looks?limit=5"
    while path:
        found = ask(page, path)
        seen += [look["run"] for look in found["items"]]
        path = found["next"]
    assert seen == list(range(18, 0, -1))
    names = []
    path = "/api/v1/syncs?limit=2"
    while path:
        found = ask(page, path)
        names += [sync["name"] for sync in found["items"]]
        path = found["next"]
    assert names == [REFUSED, FAULTY, WELL]
    keys = []
    path = f"/api/v1/syncs/{WELL}/cells?limit=7"
    while path:
        found = ask(page, path)
        keys += [cell["partition"] for cell in found["items"]]
        path = found["next"]
    assert keys == sorted(keys, reverse=True)
    assert len(keys) == 30
    numbers = []
    path = f"/api/v1/syncs/{FAULTY}/issues?limit=2"
    while path:
        found = ask(page, path)
        numbers += [issue["issue"] for issue in found["items"]]
        path = found["next"]
    assert numbers == [3, 2, 1]


def test_a_failed_look_is_in_the_audit_trail(page: Page) -> None:
    newest = ask(page, f"/api/v1/syncs/{REFUSED}/looks?limit=1")["items"][0]
    assert (newest["outcome"], newest["error_code"]) == ("failed", "ORA-01031")
    assert newest["figures"] is None


def test_silences_are_begun_by_programs(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()[1:2], access=Access(TOKEN)) as page:
        body = {"sync": WELL, "hours": 2, "reason": "a test"}
        answer = page.client.post("/api/v1/silences", headers=KNOWN, json=body)
        assert answer.status_code == 202
        (found,) = ask(page, "/api/v1/silences")["items"]
        assert found == answer.get_json()
        assert (found["sync"], found["asked_by"]) == (WELL, "token")
        for wrong in ({}, [], {"hours": "x"}, {"hours": 1, "reason": "a\nb"}):
            answer = page.client.post("/api/v1/silences", headers=KNOWN, json=wrong)
            assert answer.status_code == 400
        body["sync"] = "NOBODY"
        assert page.client.post("/api/v1/silences", headers=KNOWN, json=body).status_code == 404


def test_a_misspelt_key_silences_nothing(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()[1:2], access=Access(TOKEN)) as page:
        body = {"name": WELL, "hours": 2}
        answer = page.client.post("/api/v1/silences", headers=KNOWN, json=body)
        assert (answer.status_code, ask(page, "/api/v1/silences")["items"]) == (400, [])


@pytest.mark.parametrize("name", ["null", "false", "0", "[]"])
def test_what_is_no_name_silences_nothing(tmp_path: Path, name: str) -> None:
    with page_of(tmp_path, short_stories()[1:2], access=Access(TOKEN)) as page:
        assert post(page, "/api/v1/silences", f'{{"sync": {name}, "hours": 2}}') == 400
        assert ask(page, "/api/v1/silences")["items"] == []


@pytest.mark.parametrize("body", [f'{{"hours": 1{"0" * 400}}}', "[" * 8_000, '{"hours": NaN}', ""])
def test_numbers_and_lists_beyond_what_python_takes_are_refused(tmp_path: Path, body: str) -> None:
    # Each was an Internal Server Error.
    with page_of(tmp_path, short_stories()[1:2], access=Access(TOKEN)) as page:
        assert post(page, "/api/v1/silences", body) == 400
        assert post(page, f"/api/v1/syncs/{WELL}/triage", body) == 404


def post(page: Page, path: str, body: str) -> int:
    """Post a body as a program does, and return the status of the answer."""
    headers = {**KNOWN, "Content-Type": "application/json"}
    return page.client.post(path, headers=headers, data=body).status_code


def test_the_openapi_file_names_every_address_and_no_other(page: Page) -> None:
    described = set()
    for path, methods in read_openapi()["paths"].items():
        described |= {(path, method.upper()) for method in methods}
    served = set()
    for rule in page.client.application.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        if path.startswith("/api/") and path != "/api/openapi.json":
            served |= {(path, each) for each in (rule.methods or set()) & {"GET", "POST"}}
    assert described == served


def test_no_name_of_a_sync_ends_like_an_address_of_the_api(page: Page) -> None:
    words = set()
    for rule in page.client.application.url_map.iter_rules():
        words |= set(re.findall(r"<path:name>/(\w+)$", rule.rule))
    assert words == BEHIND_NAMES


def read_openapi() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
    return found


def test_answers_are_as_the_openapi_file_says(page: Page) -> None:
    described = read_openapi()
    checked = 0
    for path, methods in described["paths"].items():
        if "get" not in methods:
            continue
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = ask(page, path.replace("{name}", FAULTY))
        require(answer, schema, described["components"]["schemas"], path)
        checked += 1
    assert checked == 12


def require(value: Any, schema: dict[str, Any], schemas: dict[str, Any], where: str) -> None:
    """Hold a value to the parts of JSON Schema that the file uses."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if value is None:
            assert {"type": "null"} in schema["anyOf"], where
            return None
        schema = schema["anyOf"][0]
        return require(value, schema, schemas, where)
    if "enum" in schema:
        assert value in schema["enum"], where
        return None
    kinds = schema["type"]
    kinds = [kinds] if isinstance(kinds, str) else kinds
    assert any(isinstance(value, KINDS[kind]) for kind in kinds), (where, value, kinds)
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema.get("required", ())) <= set(value), where
        assert set(value) <= set(schema["properties"]), where
        for name, each in value.items():
            require(each, schema["properties"][name], schemas, f"{where}.{name}")
    if isinstance(value, list):
        for each in value:
            require(each, schema["items"], schemas, where)
    return None


KINDS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


def samples(page: Page) -> dict[tuple[str, str], float]:
    text = page.client.get("/metrics", headers=KNOWN).text
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name, ",".join(sorted(sample.labels.values()))] = sample.value
    return found


def test_prometheus_gets_the_figures(page: Page) -> None:
    found = samples(page)
    assert found["sync_monitor_gap_rows", FAULTY] == 23
    assert found["sync_monitor_gap_ratio", FAULTY] == pytest.approx(23 / 600)
    assert found["sync_monitor_lag_seconds", FAULTY] == pytest.approx(4320, abs=400)
    assert found["sync_monitor_missing_partitions", FAULTY] == 1
    assert found["sync_monitor_severity", f"CRITICAL,{FAULTY}"] == 1
    assert found["sync_monitor_severity", f"{FAULTY},OK"] == 0
    assert found["sync_monitor_measured_age_seconds", FAULTY] == 36
    assert found["sync_monitor_notices_total", "sent"] == 3


def test_prometheus_gets_no_figure_of_what_was_not_measured(page: Page) -> None:
    found = samples(page)
    assert ("sync_monitor_gap_rows", REFUSED) not in found
    assert ("sync_monitor_quality", REFUSED) not in found
    assert found["sync_monitor_severity", f"{REFUSED},UNKNOWN"] == 1


def test_statements_are_counted_from_the_first_scrape_on(tmp_path: Path) -> None:

    stories = short_stories()[1:2]
    with page_of(tmp_path, stories, access=Access(TOKEN)) as page:
        assert samples(page)["sync_monitor_statements_total", "oracle"] == 0
        entry = list(stories[0].entries())[-1]
        look = replace(entry.look, cost=Cost(2, 5, 3, 7), began=NOW)
        page.store.write(lambda each: write_entries(each, [replace(entry, look=look)]))
        found = samples(page)
        assert found["sync_monitor_statements_total", "oracle"] == 2
        assert found["sync_monitor_statements_total", "lake"] == 3
        assert samples(page)["sync_monitor_statements_total", "lake"] == 3
