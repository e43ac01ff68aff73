"""The monitor's commands, as they are typed."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from oracle_cdc.commands.monitor import configure_log
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.sections import LoggingSettings
from sync_monitor.demo import apply
from sync_monitor.demo.standin import stand_in
from sync_monitor.history.migrations import Script, read_scripts
from sync_monitor.history.store import Store
from tests.monitor.conftest import Run
from tests.monitor.conftest import run as run


def status(run: Run) -> dict[str, object]:
    code, text = run("status", "--json")
    assert code == 0
    (found,) = json.loads(text)["syncs"].values()
    assert isinstance(found, dict)
    return found


def test_from_rows_to_a_fault_to_its_runbook_and_well_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("seed")[0] == 0
    code, _ = run("inject", "missing_partition")
    assert code == 0
    code, text = run("once", "--fail-on", "critical")
    assert code == 6
    assert "99 in the lake; gap 8 (7.48 %)" in text
    assert status(run)["severity"] == "CRITICAL"
    assert run("triage", "HR.EMPLOYEES")[1].startswith("PARTITION_DROPPED (strong)")
    payload = run("triage", "HR.EMPLOYEES", "--show-payload")[1]
    assert json.loads(payload)["verdict"]["severity"] == "CRITICAL"
    assert "employees" not in payload.lower()
    runbook = run("runbook", "1")[1]
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.StringIO(runbook))
        assert apply.main(runbook) == 0
        assert run("once", "--fail-on", "warning")[0] == 0
    assert status(run)["severity"] == "OK"
    asked = run("triage", "HR.EMPLOYEES", "--show-payload")
    assert asked == (0, "nothing is wrong, so no model would be asked\n")
    assert run("runbook", "1")[0] == 1
    assert run("audit", "verify") == (0, "the chain is whole: 3 looks, 0 anchors\n")
    exported = [json.loads(line) for line in run("audit", "export")[1].splitlines()]
    assert [look["severity"] for look in exported] == ["CRITICAL", "OK", "OK"]
    assert json.loads(run("audit", "show", "1")[1])["cost"]["oracle_statements"] > 1


def test_status_is_ready_when_each_sync_was_looked_at_in_time_whatever_was_found(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("seed")
    run("inject", "missing_partition")
    run("once")
    first, second, *_ = run("status")[1].splitlines()
    assert (first, second.split()[1:3]) == ("ready  yes", ["CRITICAL", "HR.EMPLOYEES"])
    late = utc_now() + timedelta(days=2)
    monkeypatch.setattr("sync_monitor.commands.status.utc_now", lambda: late)
    report = json.loads(run("status", "--json")[1])
    assert list(report) == ["ready", "reasons", "syncs"]
    assert report["ready"] is False
    assert report["reasons"][0].startswith("HR.EMPLOYEES: nobody has looked since 20")
    assert run("status")[1].startswith("ready  no\n       HR.EMPLOYEES: nobody has looked since 20")


def test_a_history_of_another_program_is_not_read_but_named(run: Run, tmp_path: Path) -> None:
    scripts = read_scripts()
    for age, its in (("older", scripts[:1]), ("newer", (*scripts, Script(99, "SELECT 1;")))):
        Store(tmp_path / "monitor", its).close()
        code, text = run("status")
        assert (code, f"{age} program" in text) == (2, True)


def test_doubles_with_equal_totals_are_extra_and_not_ok(run: Run) -> None:
    run("seed")
    run("inject", "doubles")
    run("once")
    found = status(run)
    figures = found["figures"]
    assert isinstance(figures, dict)
    assert figures["oracle_count"] == figures["lake_count"] == 107
    assert figures["extra_rows"] == 2
    assert found["severity"] == "WARNING"
    (issue,) = found["issues"]  # type: ignore[misc]
    code, text = run("drill", "HR.EMPLOYEES", issue["partition"])
    assert code == 1
    assert "missing 2, extra 2, changed 0, doubled 2: exact" in text


def test_a_side_that_can_not_be_used_is_no_success_whatever_is_asked_for(run: Run) -> None:
    run("seed")
    run("inject", "no_rights")
    code, text = run("once", "--fail-on", "warning")
    assert code == 6
    assert "not measured: ORA-00942" in text
    assert run("once", "--fail-on", "critical")[0] == 3
    assert (run("once")[0], run("check")[0]) == (3, 3)
    run("inject", "no_rights", "--undo")
    assert run("check")[0] == 0
    run("inject", "lake_down")
    assert (run("once")[0], run("check")[0]) == (5, 5)


def test_its_settings_are_shown_where_no_pipeline_is_set(run: Run, tmp_path: Path) -> None:
    lines = (
        "USE_REAL_ORACLE=true",
        "ORACLE_USER=reader",
        "ORACLE_PASSWORD=hidden-1",
        "ORACLE_DSN=db:1521/X",
        "MONITOR_ZONE=Asia/Jerusalem",
        "MONITOR_TRINO_URL=https://me:hidden-2@trino:8443",
    )
    env = tmp_path / ".env"
    env.touch(mode=0o600)
    env.write_text("\n".join(lines), encoding="ascii")
    code, text = run("settings")
    assert code == 0
    shown = [line.split(maxsplit=2) for line in text.splitlines()]
    assert ["MONITOR_ZONE", "Asia/Jerusalem", ".env line 5"] in shown
    assert ["ORACLE_DSN", "db:1521/X", ".env line 4"] in shown
    assert ["MONITOR_WINDOW_DAYS", "30", "default"] in shown
    assert ["ORACLE_PASSWORD", "(secret)", ".env line 3"] in shown
    assert "hidden" not in text
    listed = json.loads(run("settings", "--json")[1])
    assert {"name": "MONITOR_ZONE", "value": "Asia/Jerusalem", "place": ".env line 5"} in listed


@pytest.mark.parametrize("action", [("check",), ("once",), ("run",)])
def test_an_empty_stand_in_is_no_wrong_password(run: Run, action: tuple[str, ...]) -> None:
    run("inject", "stale")
    code, text = run(*action)
    assert code == 2
    assert "nothing is seeded" in text
    assert "USE_REAL_ORACLE" in text
    assert "ORACLE_PASSWORD" not in text


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("NUMBER PRIMARY KEY", "EMPLOYEE_ID of the key is"),
        ("NUMBER(10)", "no primary key; `keys` of the sync"),
    ],
)
def test_check_says_why_rows_are_counted_and_not_compared(
    run: Run, tmp_path: Path, key: str, reason: str
) -> None:
    run("seed")
    statements = (
        "DROP TABLE HR.EMPLOYEES",
        f"CREATE TABLE HR.EMPLOYEES (EMPLOYEE_ID {key}, UPDATED_AT TIMESTAMP)",
        "GRANT SELECT ON HR.EMPLOYEES TO SYNC_MONITOR",
    )
    with stand_in(tmp_path / "monitor" / "standin") as place, place.dba() as connection:
        for statement in statements:
            connection.cursor().execute(statement)
    code, text = run("check")
    assert code == 0
    assert f"HR.EMPLOYEES: rows are counted and not compared: {reason}" in text


def test_nothing_is_seeded_or_injected_where_oracle_is_real(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USE_REAL_ORACLE", "true")
    for name in ("USER", "PASSWORD", "HOST", "SERVICE_NAME"):
        monkeypatch.setenv(f"ORACLE_{name}", "x")
    for arguments in (("seed",), ("inject", "stale"), ("inject", "stale", "--undo")):
        code, text = run(*arguments)
        assert code == 2
        assert "USE_REAL_ORACLE: given true; allowed here: false" in text


def test_what_is_not_there_is_named(run: Run) -> None:
    assert run("inject", "stale")[0] == 2
    assert run("status")[0] == 2
    run("seed")
    run("once")
    assert "no sync is named 'x'" in run("status", "--sync", "x")[1]
    assert run("runbook", "99") == (1, "there is no issue 99\n")
    for day in ("someday", "9999-12-31"):
        assert run("drill", "HR.EMPLOYEES", day)[0] == 2
    assert run("audit", "show", "99")[0] == 1


@pytest.mark.parametrize(
    "given",
    [
        ("runbook", "9" * 20),
        ("audit", "show", "9" * 20),
        ("audit", "list", "--limit", "9" * 20),
    ],
)
def test_a_number_that_no_history_has_is_a_mistake(run: Run, given: tuple[str, ...]) -> None:
    # Each ended with a traceback of an OverflowError.
    run("seed")
    run("once")
    with pytest.raises(SystemExit, match="2"):
        run(*given)


def test_one_process_writes_and_others_read(run: Run, tmp_path: Path) -> None:
    run("seed")
    run("once")
    with Store(tmp_path / "monitor"):
        code, text = run("once")
        assert code == 2
        assert "which is running; its page takes looks and silences" in text
        assert run("status")[0] == 0


def test_a_stand_in_that_is_served_is_shared(run: Run, tmp_path: Path) -> None:
    run("seed")
    with stand_in(tmp_path / "monitor" / "standin"):
        assert run("once", "--fail-on", "warning")[0] == 0
        run("inject", "oracle_down")
        assert run("once", "--fail-on", "warning")[0] == 6


def test_every_mistake_of_every_sync_is_listed_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = {"a": {"source": "T", "extra": 1}, "b": {"zone": "Mars"}}
    monkeypatch.setenv("MONITOR_SYNCS", json.dumps(syncs))
    monkeypatch.setenv("SLA_WARNING_GAP_PCT", "9")
    code, text = run("once")
    assert code == 2
    assert "SLA_WARNING_GAP_PCT: given 9" in text
    for line in ("'a': source: allowed", "'a': 'extra' is not known", "'b': source is missing"):
        assert line in text
    assert "'b': zone: allowed: an IANA time zone" in text


def test_names_of_the_former_program_are_no_mistakes(run: Run, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(
        "USE_REAL_ORACLE=false\nORACLE_TABLE=SALES.ORDERS\nORACLE_MOCK_COUNT=120\n"
        "SLA_WARNING_GAP_PCT=1.0\nSLA_CRITICAL_GAP_PCT=5.0\nUSE_CLAUDE_API=true\n"
        "CLAUDE_API_KEY=secret\nPORT=5000\nFLASK_ENV=production\n"
    )
    env.chmod(0o600)
    assert "120 rows of SALES.ORDERS" in run("seed")[1]


@pytest.mark.parametrize(("action", "level"), [("run", "WARNING"), ("once", "ERROR")])
def test_what_runs_logs_from_the_level_that_is_set(action: str, level: str) -> None:
    logging_settings = LoggingSettings(LOG_LEVEL="WARNING")
    configure_log(MonitorSettings(logging=logging_settings), action)
    assert logging.getLevelName(logging.getLogger().level) == level


def test_a_list_of_syncs_is_taken_by_its_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = [{"name": "orders", "source": "sales.orders"}, {"source": "HR.EMPLOYEES"}]
    monkeypatch.setenv("MONITOR_SYNCS", json.dumps(syncs))
    run("seed")
    assert run("inject", "storm")[0] == 0
    code, text = run("once", "--fail-on", "critical")
    assert code == 6
    assert [line.split()[2] for line in text.splitlines()] == ["orders", "HR.EMPLOYEES"]
