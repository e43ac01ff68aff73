"""Functions work where Oracle's driver, and those of other pipelines, are not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
