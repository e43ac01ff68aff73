"""What the policy in deploy/ allows, statement by statement and action by action."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

import botocore.session
from botocore import xform_name

from standins.rightsrecorder import RIGHTS, Use
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


def rights_in(rooms: Sequence[str]) -> set[str]:
    """Return the right to each method of a client of AWS that stands in the code."""
    constants: set[object] = set()
    called = set()
    for node in nodes_of(rooms):
        if isinstance(node, ast.Constant):
            constants.add(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called.add(node.func.attr)
    session = botocore.session.get_session()
    found = set()
    for service in constants & set(session.get_available_services()):
        for operation in session.get_service_model(str(service)).operation_names:
            if xform_name(operation) in called:
                found.add(f"{service}:{RIGHTS.get(operation, operation)}")
    return found


def nodes_of(rooms: Sequence[str]) -> Iterator[ast.AST]:
    for room in rooms:
        for path in (ROOT / "oracle_cdc").glob(room):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))
