"""The Terraform files in deploy/, as data."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tests.documents import ROOT

TERRAFORM = ROOT / "deploy" / "terraform"


@cache
def read_terraform() -> dict[str, list[Any]]:
    """Return the blocks of all Terraform files together, by their kinds."""
    import hcl2  # 0.2 s that no other test need wait for

    # Names and texts as they are, without quotes, and nothing of the comments.
    plain = hcl2.SerializationOptions(
        strip_string_quotes=True, with_comments=False, explicit_blocks=False
    )
    found: dict[str, list[Any]] = {}
    for path in sorted(TERRAFORM.glob("*.tf")):
        text = path.read_text(encoding="utf-8")
        for kind, blocks in hcl2.loads(text, serialization_options=plain).items():
            found.setdefault(kind, []).extend(blocks)
    return found


def find_block(kind: str, *labels: str) -> dict[str, Any]:
    """Return the one block of a kind that has these labels."""
    for block in read_terraform()[kind]:
        found = block
        for label in labels:
            found = found.get(label, {})
        if found:
            return dict(found)
    raise AssertionError(f"no {kind} {' '.join(labels)}")


def find_locals() -> dict[str, Any]:
    """Return the local values of all files."""
    found: dict[str, Any] = {}
    for block in read_terraform()["locals"]:
        found.update(block)
    return found


def find_names() -> set[str]:
    """Return the names of the parameters below the path."""
    return set(find_locals()["plain"]) | find_secrets()


def find_secrets() -> set[str]:
    """Return the secrets that are made whatever is set."""
    return set(re.findall(r'"(\w+)"', find_locals()["secrets"]))


def find_statements() -> list[dict[str, Any]]:
    """Return the statements of the reader's policy."""
    found = find_block("data", "aws_iam_policy_document", "reader")["statement"]
    assert isinstance(found, list)
    return found
