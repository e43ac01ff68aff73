"""Each pipeline works where the drivers of others are not installed, and functions without any."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.awsplaces import places_of
from tests.documents import ROOT
from tests.integration.changedesks import Desk
from tests.integration.conftest import desk as desk
from tests.processor.conftest import pipelines as pipelines
from tests.processor.pipelines import PipelineWorld

#: Imports every function with these out of reach.
PROGRAM = """
import importlib, importlib.abc, pkgutil, sys

HIDDEN = ("oracledb", "nats", "pymysql", "oracle_cdc.oracle", "oracle_cdc.changes.capture",
          "oracle_cdc.changes.lanes", "oracle_cdc.nats", "oracle_cdc.mariadb")

class Hiding(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == hidden or name.startswith(hidden + ".") for hidden in HIDDEN):
            raise ImportError(f"{name} is hidden")
        return None

sys.meta_path.insert(0, Hiding())
import oracle_cdc.lambdas as room
names = [module.name for module in pkgutil.iter_modules(room.__path__)]
for name in names:
    importlib.import_module(f"oracle_cdc.lambdas.{name}")
importlib.import_module("oracle_cdc.processor.pipeline")
importlib.import_module("oracle_cdc.processor.measures")
print(" ".join(sorted(names)))
"""


def test_functions_and_the_processor_import_no_driver_of_a_database() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "cdc_processor",
        "container",
        "data_redactor",
        "dead_letter_processor",
        "eventbridge_publisher",
        "health_check",
        "kinesis_parser",
        "state_manager",
    ]


#: What a machine of the processor need not have.
WITHOUT_DATABASES = """
import sys
for name in ("oracledb", "nats", "pymysql", "duckdb"):
    sys.modules[name] = None
import cdc_service
sys.exit(cdc_service.run(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", [["check"], ["status"], ["settings"], ["run", "--once"]])
def test_a_machine_of_the_processor_has_no_driver_of_a_database(
    pipelines: PipelineWorld, command: list[str]
) -> None:
    pipelines.put(1)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DATABASES, *command],
        cwd=ROOT,
        env={"PATH": "", **pipelines.environment(LOG_DIR="none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if "run" in command:
        assert len(pipelines.published) == 1


#: What a machine of row changes need not have.
WITHOUT_EVENTS = """
import sys
for name in ("nats", "nkeys", "pymysql", "duckdb"):
    sys.modules[name] = None
import cdc_service
sys.exit(cdc_service.run(sys.argv[1:]))
"""


def test_a_machine_of_changes_has_no_driver_of_events(desk: Desk) -> None:
    desk.world.insert(1)
    places = places_of(desk.world.shipping.cloud.url, desk.sqs_url)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EVENTS, "run", "--once"],
        cwd=ROOT,
        env={"PATH": "", **desk.world.environment(**places, LOG_DIR="none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(desk.world.shipping.records()) == 1
