"""k8s/: what it makes is valid, and fits the service and its image."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from oracle_cdc.programs import ALL_NAMES
from oracle_cdc.settings.listing import SECRET_NAME
from oracle_cdc.watching.health import make_pages
from tests import documents
from tests.dockerfile import variables
from tests.documents import ROOT

FOLDER = ROOT / "k8s"
EXAMPLE = FOLDER / "secret.yaml.example"
VALIDATE = shutil.which("kubernetes-validate", path=Path(sys.executable).parent)
KUBECTL = shutil.which("kubectl")
#: What `kubectl apply -f FOLDER` takes.
APPLIED = ("*.yaml", "*.yml", "*.json")
USER = 10001


def applied() -> list[Path]:
    """Return the files that `kubectl apply -f k8s/` takes, one after another."""
    found = []
    for path in sorted(FOLDER.iterdir()):
        if any(fnmatch.fnmatch(path.name, pattern) for pattern in APPLIED):
            found.append(path)
    return found


def resources(paths: list[Path]) -> Iterator[Any]:
    for path in paths:
        yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


def resource(kind: str) -> Any:
    (found,) = (each for each in resources([*applied(), EXAMPLE]) if each["kind"] == kind)
    return found


DEPLOYMENT = resource("Deployment")
POD = DEPLOYMENT["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
ENVIRONMENT = {each["name"]: each.get("value") for each in CONTAINER["env"]}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


@pytest.mark.skipif(VALIDATE is None, reason="kubernetes-validate is missing: requirements-dev.txt")
@pytest.mark.parametrize("version", ["1.29.0", "1.37.0"])
def test_every_file_is_what_kubernetes_takes(version: str) -> None:
    files = [*map(str, applied()), str(EXAMPLE)]
    command = [str(VALIDATE), "--strict", "--kubernetes-version", version, *files]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
def test_kubectl_takes_the_files_in_this_order_and_no_other() -> None:
    # --local: it asks no cluster.
    command = [str(KUBECTL), "annotate", "--local", "-f", f"{FOLDER}/", "a=b", "-o", "name"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    named = []
    for each in resources(applied()):
        kind = each["kind"].lower().replace("deployment", "deployment.apps")
        named.append(f"{kind}/{each['metadata']['name']}")
    assert said.stdout.split() == named


def test_the_namespace_comes_first_and_holds_everything_else() -> None:
    first, *others = resources(applied())
    assert first["kind"] == "Namespace"
    for each in [*others, resource("Secret")]:
        assert each["metadata"]["namespace"] == first["metadata"]["name"]


def test_the_example_of_a_secret_is_not_applied_and_the_secret_never_committed() -> None:
    assert EXAMPLE not in applied()
    assert "Secret" not in [each["kind"] for each in resources(applied())]
    assert "k8s/secret.yaml" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_documents_name_every_file_and_no_other() -> None:
    rows = documents.rows(documents.section("docs/container.md", "## Kubernetes"))
    named = [row[0].strip("`") for row in rows]
    assert sorted(named) == sorted(path.name for path in [*applied(), EXAMPLE])


def test_nothing_in_the_folder_needs_another_command() -> None:
    assert not list(FOLDER.glob("kustomization.*"))


def test_an_update_ends_the_old_pods_before_it_starts_new_ones() -> None:
    assert DEPLOYMENT["spec"]["strategy"] == {"type": "Recreate"}
    assert DEPLOYMENT["spec"]["replicas"] == 1
    # The service ends within 10 s of SIGTERM.
    assert POD["terminationGracePeriodSeconds"] == 30


def test_it_runs_as_the_user_of_the_image_without_any_right() -> None:
    whole, own = POD["securityContext"], CONTAINER["securityContext"]
    assert (whole["runAsNonRoot"], whole["runAsUser"], whole["fsGroup"]) == (True, USER, USER)
    assert whole["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert POD["automountServiceAccountToken"] is False


def test_every_variable_is_a_setting_and_none_is_secret() -> None:
    assert ENVIRONMENT.keys() <= ALL_NAMES.known
    for name in ENVIRONMENT:
        assert not SECRET_NAME.search(name), name
    assert "envFrom" not in CONTAINER


def pages() -> set[str]:
    """Return the paths that the health endpoint answers."""
    unasked: Any = None
    return set(make_pages(unasked, unasked))


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_asks_for_a_page_of_the_health_endpoint_on_its_port(probe: str) -> None:
    asked = CONTAINER[probe]["httpGet"]
    assert asked["path"] in pages()
    (port,) = (each for each in CONTAINER["ports"] if each["name"] == asked["port"])
    assert port["containerPort"] == int(ENVIRONMENT["HEALTH_PORT"])


def test_who_is_not_alive_is_restarted_and_who_is_not_ready_is_not() -> None:
    paths = [CONTAINER[probe]["httpGet"]["path"] for probe in PROBES]
    assert paths == ["/livez", "/livez", "/readyz"]


def test_the_kubelet_reaches_the_pages() -> None:
    assert ENVIRONMENT["HEALTH_HOST"] == "0.0.0.0"


def test_the_service_of_kubernetes_leads_to_the_pages_of_the_pods() -> None:
    service = resource("Service")["spec"]
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    assert service["selector"].items() <= labels.items()
    assert DEPLOYMENT["spec"]["selector"]["matchLabels"].items() <= labels.items()
    (port,) = service["ports"]
    assert (port["targetPort"], port["port"]) == ("health", int(ENVIRONMENT["HEALTH_PORT"]))
    # Else nobody could see why a pod is not ready.
    assert service["publishNotReadyAddresses"] is True


def test_every_volume_is_made_and_mounted_as_a_folder() -> None:
    made = {volume["name"]: volume for volume in POD["volumes"]}
    mounts = {mount["name"]: mount for mount in CONTAINER["volumeMounts"]}
    assert made.keys() == mounts.keys()
    for mount in mounts.values():
        assert "subPath" not in mount
    assert made["config"]["configMap"]["name"] == resource("ConfigMap")["metadata"]["name"]
    assert made["secrets"]["secret"]["secretName"] == resource("Secret")["metadata"]["name"]
    assert mounts["secrets"]["mountPath"] == "/secrets"
    assert mounts["config"]["mountPath"] == "/app/config"


def is_writable(path: str) -> bool:
    """Return whether a path lies in a volume that the pod may write."""
    made = {volume["name"]: volume for volume in POD["volumes"]}
    for mount in CONTAINER["volumeMounts"]:
        if Path(path).is_relative_to(mount["mountPath"]) and not mount.get("readOnly"):
            return "configMap" not in made[mount["name"]] and "secret" not in made[mount["name"]]
    return False


def test_each_path_that_is_written_has_a_volume() -> None:
    directory = (variables() | ENVIRONMENT)["LOG_DIR"]
    assert directory == "none" or is_writable(directory)


def test_others_can_not_read_the_secrets_and_the_user_can() -> None:
    (volume,) = (each for each in POD["volumes"] if each["name"] == "secrets")
    assert volume["secret"]["defaultMode"] == 0o440


@pytest.fixture
def pod(tmp_path: Path) -> Path:
    """Copy the program as the container finds it, with what the volumes bring."""
    for name in ("cdc_service.py", "config.py"):
        shutil.copy2(ROOT / name, tmp_path)
    (tmp_path / "oracle_cdc").symlink_to(ROOT / "oracle_cdc")
    (tmp_path / "config").mkdir()
    for name, text in resource("ConfigMap")["data"].items():
        (tmp_path / "config" / name).write_text(text, encoding="utf-8")
    for name, text in resource("Secret")["stringData"].items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o400)
    return tmp_path


def test_the_settings_of_the_example_are_whole(pod: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "cdc_service.py", "settings", "--json"],
        cwd=pod,
        env={"PATH": os.environ["PATH"], **variables(), **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = {}
    for each in json.loads(ended.stdout):
        shown[each["name"]] = (each["value"], each["place"])
    assert shown["PIPELINES"] == ("events", "config/config.yaml line 1")
    assert shown["ORACLE_PASSWORD"] == ("(secret)", ".env line 2")
    assert shown["HEALTH_HOST"] == ("0.0.0.0", "the environment")
    assert shown["LOG_DIR"] == (None, "the environment")
