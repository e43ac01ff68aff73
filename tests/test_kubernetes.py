"""k8s/: what it makes is valid, and fits the service and its image."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from oracle_cdc.changes.model_files import read_models
from oracle_cdc.changes.rules.transformers import read_transformers
from oracle_cdc.programs import ALL_NAMES
from oracle_cdc.settings.listing import SECRET_NAME
from oracle_cdc.watching.health_endpoint import make_pages
from tests import documents
from tests.dockerfile import variables
from tests.documents import ROOT
from tests.kubernetes import EXAMPLE, FOLDER, FOLDERS, Deployed, applied, files, resource, resources

VALIDATE = shutil.which("kubernetes-validate", path=Path(sys.executable).parent)
KUBECTL = shutil.which("kubectl")
USER = 10001
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


PIPELINES = ("oracle-cdc-events", "oracle-cdc-changes", "oracle-cdc-processor")
MONITOR = "oracle-cdc-monitor"


@pytest.fixture(params=PIPELINES)
def deployed(request: pytest.FixtureRequest) -> Deployed:
    """Return a Deployment of pipelines."""
    return Deployed(request.param)


@pytest.fixture(params=[*PIPELINES, MONITOR])
def any_deployed(request: pytest.FixtureRequest) -> Deployed:
    """Return a Deployment, the monitor's too."""
    return Deployed(request.param)


def test_every_deployment_is_held_to_these_tests() -> None:
    named = []
    for each in resources(files()):
        if each["kind"] == "Deployment":
            named.append(each["metadata"]["name"])
    assert sorted(named) == sorted([*PIPELINES, MONITOR])


@pytest.mark.skipif(VALIDATE is None, reason="kubernetes-validate is missing: requirements-dev.txt")
@pytest.mark.parametrize("version", ["1.29.0", "1.37.0"])
def test_every_file_is_what_kubernetes_takes(version: str) -> None:
    command = [str(VALIDATE), "--strict", "--kubernetes-version", version, *map(str, files())]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_kubectl_takes_the_files_in_this_order_and_no_other(folder: Path) -> None:
    # --local: it asks no cluster.
    command = [str(KUBECTL), "annotate", "--local", "-f", f"{folder}/", "a=b", "-o", "name"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    named = []
    for each in resources(applied(folder)):
        kind = each["kind"].lower().replace("deployment", "deployment.apps")
        named.append(f"{kind}/{each['metadata']['name']}")
    assert said.stdout.split() == named


def test_the_namespace_comes_first_and_holds_everything_else() -> None:
    first, *others = resources(files())
    assert first["kind"] == "Namespace"
    for each in others:
        assert each["metadata"]["namespace"] == first["metadata"]["name"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_the_example_of_a_secret_is_not_applied_and_the_secret_never_committed(
    folder: Path,
) -> None:
    assert folder / EXAMPLE not in applied(folder)
    assert "Secret" not in [each["kind"] for each in resources(applied(folder))]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert str((folder / "secret.yaml").relative_to(ROOT)) in ignored


def test_the_documents_name_every_file_and_no_other() -> None:
    rows = documents.rows(documents.section("docs/container.md", "## Kubernetes"))
    named = [row[0].strip("`") for row in rows]
    assert sorted(named) == sorted(str(path.relative_to(FOLDER)) for path in files())


def test_nothing_in_the_folder_needs_another_command() -> None:
    assert not list(FOLDER.rglob("kustomization.*"))


def test_an_update_ends_the_old_pods_before_it_starts_new_ones(any_deployed: Deployed) -> None:
    assert any_deployed.whole["strategy"] == {"type": "Recreate"}
    assert any_deployed.whole["replicas"] == 1
    # The service ends within 10 s of SIGTERM.
    assert any_deployed.pod["terminationGracePeriodSeconds"] == 30


def test_it_runs_as_the_user_of_the_image_without_any_right(any_deployed: Deployed) -> None:
    whole, own = any_deployed.pod["securityContext"], any_deployed.container["securityContext"]
    assert (whole["runAsNonRoot"], whole["runAsUser"], whole["fsGroup"]) == (True, USER, USER)
    assert whole["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert any_deployed.pod["automountServiceAccountToken"] is False


def test_every_variable_is_a_setting_and_none_is_secret(any_deployed: Deployed) -> None:
    assert any_deployed.environment.keys() <= ALL_NAMES.known
    for name in any_deployed.environment:
        assert not SECRET_NAME.search(name), name
    assert "envFrom" not in any_deployed.container


def pages() -> set[str]:
    """Return the paths that the health endpoint answers."""
    unasked: Any = None
    return set(make_pages(unasked, unasked))


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_asks_for_a_page_of_the_health_endpoint_on_its_port(
    deployed: Deployed, probe: str
) -> None:
    asked = deployed.container[probe]["httpGet"]
    assert asked["path"] in pages()
    (port,) = (each for each in deployed.container["ports"] if each["name"] == asked["port"])
    assert port["containerPort"] == int(deployed.environment["HEALTH_PORT"])


def test_who_is_not_alive_is_restarted_and_who_is_not_ready_is_not(any_deployed: Deployed) -> None:
    paths = [any_deployed.container[probe]["httpGet"]["path"] for probe in PROBES]
    assert paths == ["/livez", "/livez", "/readyz"]


def test_the_kubelet_reaches_the_pages(deployed: Deployed) -> None:
    assert deployed.environment["HEALTH_HOST"] == "0.0.0.0"


def test_the_service_of_kubernetes_leads_to_the_pages_of_the_pods(deployed: Deployed) -> None:
    service = resource("Service", deployed.name)["spec"]
    labels = deployed.whole["template"]["metadata"]["labels"]
    assert service["selector"] == labels
    assert deployed.whole["selector"]["matchLabels"] == labels
    (port,) = service["ports"]
    assert (port["targetPort"], port["port"]) == (
        "health",
        int(deployed.environment["HEALTH_PORT"]),
    )
    # Else nobody could see why a pod is not ready.
    assert service["publishNotReadyAddresses"] is True


#: Made by a command, out of the models that an operator has.
MODELS = "oracle-cdc-models"


def test_every_volume_is_made_and_mounted_as_a_folder(deployed: Deployed) -> None:
    mounts = {mount["name"]: mount for mount in deployed.container["volumeMounts"]}
    assert deployed.volumes.keys() == mounts.keys()
    for mount in mounts.values():
        assert "subPath" not in mount
        assert mount["readOnly"] is True
    assert resource("ConfigMap", deployed.volumes["config"]["configMap"]["name"])
    assert resource("Secret", deployed.volumes["secrets"]["secret"]["secretName"])
    assert mounts["secrets"]["mountPath"] == "/secrets"
    assert mounts["config"]["mountPath"] == "/app/config"
    if "models" in mounts:
        assert mounts["models"]["mountPath"] == "/app/models"
        assert deployed.volumes["models"]["configMap"]["name"] == MODELS


def test_row_changes_read_the_models_that_the_page_says_how_to_bring() -> None:
    section = documents.section("docs/container.md", "## Kubernetes")
    assert f"create configmap {MODELS} --from-file=models/" in section
    for name in ("oracle-cdc-changes", "oracle-cdc-processor"):
        assert "models" in Deployed(name).volumes


def test_the_processor_never_has_the_password_of_oracle() -> None:
    secret = resource("Secret", "oracle-cdc-processor")["stringData"]
    assert "ORACLE" not in secret[".env"]


def test_no_file_is_written(deployed: Deployed) -> None:
    assert (variables() | deployed.environment)["LOG_DIR"] == "none"


def test_others_can_not_read_the_secrets_and_the_user_can(any_deployed: Deployed) -> None:
    assert any_deployed.volumes["secrets"]["secret"]["defaultMode"] == 0o440


def mount(files: Mapping[str, str], folder: Path) -> None:
    """Put files into a folder as the kubelet does: links to what it exchanges as a whole."""
    hidden = folder / "..2026_11_27"
    hidden.mkdir(parents=True)
    (folder / "..data").symlink_to(hidden.name)
    for name, text in files.items():
        (hidden / name).write_text(text, encoding="utf-8")
        (hidden / name).chmod(0o440)
        (folder / name).symlink_to(Path("..data") / name)


@pytest.fixture
def folder(deployed: Deployed, tmp_path: Path) -> Path:
    """Copy the program as the container finds it, with what the volumes bring."""
    for name in ("cdc_service.py", "config.py"):
        shutil.copy2(ROOT / name, tmp_path)
    (tmp_path / "oracle_cdc").symlink_to(ROOT / "oracle_cdc")
    config = resource("ConfigMap", deployed.volumes["config"]["configMap"]["name"])
    mount(config["data"], tmp_path / "config")
    secret = resource("Secret", deployed.volumes["secrets"]["secret"]["secretName"])
    mount(secret["stringData"], tmp_path / "secrets")
    (tmp_path / ".env").symlink_to("secrets/.env")
    models = {path.name: path.read_text() for path in (ROOT / "models").glob("*.json")}
    mount(models, tmp_path / "models")
    return tmp_path


PLACES = {"oracle-cdc-events": "config/config.yaml line 1"}


def test_the_settings_of_the_example_are_whole(deployed: Deployed, folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "cdc_service.py", "settings", "--json"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables(), **deployed.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = {}
    for each in json.loads(ended.stdout):
        shown[each["name"]] = (each["value"], each["place"])
    pipeline = deployed.name.rpartition("-")[2]
    assert shown["PIPELINES"] == (pipeline, PLACES.get(deployed.name, "the environment"))
    assert shown["HEALTH_HOST"] == ("0.0.0.0", "the environment")
    assert shown["LOG_DIR"] == (None, "the environment")
    if pipeline == "processor":
        assert shown["AWS_SECRET_ACCESS_KEY"] == ("(secret)", ".env line 2")
    else:
        assert shown["ORACLE_PASSWORD"] == ("(secret)", ".env line 2")


@pytest.mark.parametrize("deployed", [Deployed("oracle-cdc-changes")], ids=["row changes"])
def test_the_tables_of_the_example_and_mounted_models_fit(folder: Path) -> None:
    models = read_models(folder / "models")
    config = yaml.safe_load((folder / "config" / "config.yaml").read_text(encoding="utf-8"))
    transformers = read_transformers(config["table_transformers"], models, has_hmac_key=False)
    assert list(transformers) == ["users"]
