"""What the policy in deploy/ allows, statement by statement and action by action."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from standins.recorder import Use
from tests.documents import ROOT

POLICY = ROOT / "deploy" / "iam-policy.json"


def read_statements() -> dict[str, dict[str, Any]]:
    """Return the statements by their names."""
    policy = json.loads(POLICY.read_text(encoding="utf-8"))
    return {each["Sid"]: each for each in policy["Statement"]}


def resource_of(sid: str) -> str:
    return str(read_statements()[sid]["Resource"])


def name_of(sid: str) -> str:
    """Return the last part of a statement's resource: a queue's name, a bucket's."""
    return resource_of(sid).rpartition(":")[2]


def read_grants() -> set[Use]:
    """Return what is allowed, action by action."""
    found = set()
    for statement in read_statements().values():
        for action in statement["Action"]:
            found.add(Use(action, statement["Resource"]))
    return found


def covers(grant: Use, use: Use) -> bool:
    """Return whether what was used is what a policy grants."""
    return grant.action == use.action and fnmatchcase(use.resource, grant.resource)
