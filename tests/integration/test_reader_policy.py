"""What Terraform makes is what the code reads: parameters by name, and the rights to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.programs import KEY_PATHS
from standins.rightsrecorder import Use, serve_recorder
from tests.layers import load_settings
from tests.parameters import REGION, ParameterPath, make_path
from tests.policies import rights_in
from tests.terraform import find_block, find_names, find_secrets, find_statements

#: SSM asks KMS for it in the name of whoever reads a secret.
BY_AWS_ITSELF = {"kms:Decrypt"}
QUEUE = {"SQS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/q"}


@pytest.fixture
def used(sqs_server: str, tmp_path: Path) -> set[Use]:
    """Return what is used by a start, and by a log-in that is refused."""
    client, path = make_path(sqs_server).client, find_path()
    with serve_recorder() as recorder:
        made = ParameterPath(client, sqs_server, path)
        # However the path is written, its ARN is what is asked for.
        read = ParameterPath(client, recorder.url, path + "/")
        put_all(made)
        settings = load_settings({**read.environment, **QUEUE}, tmp_path / ".env")
        read_again(settings)
        for name in find_names():
            made.delete(name)
    client.close()
    return recorder.used


def put_all(path: ParameterPath) -> None:
    """Put what Terraform and an administrator put."""
    for name in find_names():
        kind = "String"
        if name in find_secrets():
            kind = "SecureString"
        # A number, where it has to be one, is a name too.
        path.put(name, "1521", kind)


def read_again(settings: Settings) -> None:
    again = settings.given["ORACLE_PASSWORD"].read_again
    assert again is not None
    assert again() == settings.given["ORACLE_PASSWORD"]


def given_rights() -> set[Use]:
    """Return what the reader's policy allows, action by action."""
    found = set()
    for statement in find_statements():
        resources = statement["resources"]
        if isinstance(resources, str):
            resources = [resources]
        for action in set(statement["actions"]) - BY_AWS_ITSELF:
            for resource in resources:
                found.add(Use(action, find_arn(resource)))
    return found


def find_path() -> str:
    """Return the path of the parameters, where nobody sets another."""
    return str(find_block("variable", "path")["default"])


def find_arn(expression: str) -> str:
    """Return what an expression in iam.tf stands for."""
    path = f"arn:aws:ssm:{REGION}:123456789012:parameter{find_path()}"
    return {"${local.path_arn}": path, "${local.secret_arns}": f"{path}/password"}[expression]


def test_names_that_terraform_makes_are_those_that_the_code_reads() -> None:
    assert find_names() == set(KEY_PATHS.bare)


def test_rights_of_the_reader_are_those_that_are_used(used: set[Use]) -> None:
    assert used == given_rights()


def test_each_operation_that_stands_in_the_code_was_recorded(used: set[Use]) -> None:
    assert rights_in(["aws/ssm/*.py"]) == {use.action for use in used}
