"""The notebook: its cells run from the top, on the stand-in, and show what its words say."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
from typing import Any

import pytest

from tests.documents import ROOT

PATH = ROOT / "notebooks/01_explore_problem.ipynb"
HAS_KERNEL = all(importlib.util.find_spec(name) for name in ("nbclient", "ipykernel"))


def cells(notebook: Any) -> dict[str, str]:
    """Return the source of each cell of code by its id."""
    found = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            found[cell["id"]] = "".join(cell["source"])
    return found


def test_cells_are_python_and_none_has_an_output_of_somebody() -> None:
    notebook = json.loads(PATH.read_text(encoding="utf-8"))
    for source in cells(notebook).values():
        ast.parse(source)
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.skipif(not HAS_KERNEL, reason="nbclient, ipykernel are missing: requirements-dev.txt")
@pytest.mark.skipif(not os.environ.get("NOTEBOOK"), reason="10 s of CPU: set NOTEBOOK=1")
@pytest.mark.timeout(180)
def test_the_cells_run_from_the_top_and_show_what_the_words_say() -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(PATH, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    said = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            said[cell.id] = "".join(each.get("text", "") for each in cell.outputs)
    assert "OK 107 107\n" in said["seed"]
    assert "difference of totals: 0\nWARNING missing: 2 too many: 2\n" in said["doubles"]
    assert "CRITICAL 7.48 %\n" in said["missing"]
    assert "PARTITION_DROPPED" in said["missing"]
    assert said["heal"].endswith("this look: OK 0 rows missing\nthe sync: OK\n")
