"""k8s/monitor/: its pod keeps a history, reads a lake, and serves its page for a token."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracle_cdc.cli import Origin, read_origins
from oracle_cdc.programs import load_monitor
from sync_monitor.commands.shared.page import access_of
from sync_monitor.history.store import Store
from sync_monitor.web.app import make_app
from sync_monitor.wiring.syncs import make_syncs
from tests.kubernetes import Deployed, resource
from tests.monitor.stories import make_site
from tests.test_kubernetes import MONITOR, PROBES, mount


@pytest.fixture
def deployed() -> Deployed:
    return Deployed(MONITOR)


def test_it_is_the_monitor_that_runs(deployed: Deployed) -> None:
    assert deployed.container["args"] == ["monitor", "run"]
    assert deployed.environment["LOG_DIR"] == "none"


def test_probes_get_their_answers_from_the_page_whatever_host_they_name(
    deployed: Deployed, tmp_path: Path
) -> None:
    with Store(tmp_path) as store:
        client = make_app(make_site(store, ())).test_client()
        for probe in PROBES:
            asked = deployed.container[probe]["httpGet"]
            answer = client.get(asked["path"], headers={"Host": "10.1.2.3:5000"})
            assert (asked["port"], answer.status_code) == ("page", 200)


def test_the_service_of_kubernetes_leads_to_the_page(deployed: Deployed) -> None:
    service = resource("Service", MONITOR)["spec"]
    (port,), (own,) = service["ports"], deployed.container["ports"]
    assert service["selector"] == deployed.whole["template"]["metadata"]["labels"]
    assert service["selector"] == deployed.whole["selector"]["matchLabels"]
    assert (port["targetPort"], own["name"]) == ("page", "page")
    assert own["containerPort"] == port["port"] == int(deployed.environment["PORT"])


def test_the_history_alone_can_be_written_and_no_other_pod_has_it(deployed: Deployed) -> None:
    mounts = {each["name"]: each for each in deployed.container["volumeMounts"]}
    assert mounts.keys() == deployed.volumes.keys() == {"config", "secrets", "history", "lake"}
    writable = [name for name, each in mounts.items() if not each.get("readOnly")]
    assert writable == ["history"]
    assert mounts["history"]["mountPath"] == deployed.environment["MONITOR_DIRECTORY"]
    assert mounts["lake"]["mountPath"] == deployed.environment["MONITOR_LAKE_DIRECTORY"]
    claim = deployed.volumes["history"]["persistentVolumeClaim"]["claimName"]
    assert resource("PersistentVolumeClaim", claim)["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert deployed.volumes["lake"]["persistentVolumeClaim"]["readOnly"] is True


def test_the_settings_of_the_example_are_whole_and_open_the_page_to_its_names(
    deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount(resource("ConfigMap", MONITOR)["data"], tmp_path / "config")
    mount(resource("Secret", MONITOR)["stringData"], tmp_path / "secrets")
    (tmp_path / ".env").symlink_to("secrets/.env")
    for name, value in deployed.environment.items():
        monkeypatch.setenv(name, value)

    settings = load_monitor(read_origins(Origin("cdc_service.py", tmp_path)))

    assert settings.use_real_oracle is True
    assert [sync.source for sync in make_syncs(settings)] == ["SALES.ORDERS"]
    access = access_of(settings)
    assert access.is_asked
    assert access.knows_host(f"{MONITOR}.oracle-cdc.svc:5000")
    assert not access.knows_host("10.1.2.3:5000")
