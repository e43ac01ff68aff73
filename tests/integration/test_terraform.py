"""deploy/terraform: seven parameters, a password that Terraform never has, rights without
wildcards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import documents
from tests.terraform import (
    TERRAFORM,
    find_block,
    find_locals,
    find_names,
    find_secrets,
    find_statements,
    read_terraform,
)

README = "deploy/terraform/README.md"
NAMES = {"host", "port", "service_name", "username", "password", "schema", "tables"}

needs_terraform = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not installed on this machine"
)


def terraform(directory: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    # A file of settings that is named and not there would be warned of.
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    return subprocess.run(
        ["terraform", f"-chdir={directory}", *arguments],
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@needs_terraform
def test_files_are_formatted_as_terraform_does_it() -> None:
    shown = terraform(TERRAFORM, "fmt", "-check", "-diff")
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")


@needs_terraform
@pytest.mark.parametrize(
    ("path", "is_one"),
    [("/sp-incb/ci/oracle", True), ("oracle", False), ("/oracle/", False), ("/a//b", False)],
)
def test_a_path_that_parameters_can_not_have_is_refused(
    tmp_path: Path, path: str, is_one: bool
) -> None:
    shutil.copy(TERRAFORM / "variables.tf", tmp_path)
    values = [f"-var={name}=x" for name in ("host", "service_name", "username", "schema", "tables")]

    shown = terraform(tmp_path, "console", f"-var=path={path}", *values, text="var.path\n")

    assert ("A path begins with /" in shown.stderr) != is_one


def test_there_are_seven_parameters_below_the_path() -> None:
    assert find_names() == NAMES
    assert find_secrets() == {"password"}
    for kind in ("plain", "secret"):
        parameter = find_block("resource", "aws_ssm_parameter", kind)
        assert parameter["name"] == "${var.path}/${each.key}"


def test_the_path_has_the_default_that_was_agreed() -> None:
    assert find_block("variable", "path")["default"] == "/sp-incb/ci/market-pulse/oracle"


def test_a_secret_is_written_and_never_read_back() -> None:
    secret = find_block("resource", "aws_ssm_parameter", "secret")
    assert secret["type"] == "SecureString"
    assert {"value_wo", "value_wo_version"} <= secret.keys()
    assert not {"value", "insecure_value", "lifecycle"} & secret.keys()
    # Nothing secret is handed to Terraform.
    assert not [name for name in variables() if "password" in name]


def test_terraform_is_new_enough_for_write_only_arguments() -> None:
    (block,) = read_terraform()["terraform"]
    assert block["required_version"] == ">= 1.11"


def test_only_what_is_no_secret_is_left_as_others_changed_it() -> None:
    plain = find_block("resource", "aws_ssm_parameter", "plain")
    assert plain["lifecycle"] == [{"ignore_changes": ["value"]}]
    assert plain["type"] == "String"


def test_the_reader_may_read_the_path_and_its_secrets_and_nothing_else() -> None:
    given = {}
    for statement in find_statements():
        (action,) = statement["actions"]
        given[action] = statement["resources"]
    assert given == {
        "ssm:GetParametersByPath": ["${local.path_arn}"],
        "ssm:GetParameter": "${local.secret_arns}",
        "kms:Decrypt": ["${data.aws_kms_key.secrets.arn}"],
    }
    assert (
        find_locals()["path_arn"] == '${trimsuffix(aws_ssm_parameter.plain["host"].arn, "/host")}'
    )
    of_all = "${[for secret in aws_ssm_parameter.secret : secret.arn]}"
    assert find_locals()["secret_arns"] == of_all


def test_the_key_is_used_through_parameter_store_and_for_these_secrets_only() -> None:
    (decrypting,) = [each for each in find_statements() if each["actions"] == ["kms:Decrypt"]]
    conditions = {}
    for condition in decrypting["condition"]:
        assert condition["test"] == "StringEquals"
        conditions[condition["variable"]] = condition["values"]
    # China has a suffix of its own.
    suffixes = '["amazonaws.com", data.aws_partition.current.dns_suffix]'
    names = f'[for suffix in {suffixes} : "ssm.${{local.region}}.${{suffix}}"]'
    assert conditions == {
        "kms:ViaService": f"${{distinct({names})}}",
        "kms:EncryptionContext:PARAMETER_ARN": "${local.secret_arns}",
    }


def test_the_readers_policy_has_no_wildcard() -> None:
    assert "*" not in str(find_statements())
    assert "*" not in str(find_locals())


def variables() -> set[str]:
    found: set[str] = set()
    for block in read_terraform()["variable"]:
        found.update(block)
    return found


def test_the_readme_has_each_variable_and_each_parameter() -> None:
    shown: set[str] = set()
    for row in documents.rows(documents.section(README, "## Apply")):
        shown.update(re.findall(r"`(\w+)`", row[0]))
    assert shown == variables()
    (first, _) = documents.read(README).split("## Apply")
    assert {row[0].strip("`") for row in documents.rows(first)} == NAMES


def test_the_readme_shows_the_defaults() -> None:
    for row in documents.rows(documents.section(README, "## Apply")):
        for name in re.findall(r"`(\w+)`", row[0]):
            default = find_block("variable", name).get("default") or "none"
            assert row[1].strip("`") == str(default), name


def test_the_readme_puts_the_password_where_it_is_read() -> None:
    path = find_block("variable", "path")["default"]
    (block,) = documents.blocks(documents.section(README, "## Put the password"), "bash")
    assert f"--name {path}/password" in block
    assert "--overwrite --type SecureString" in block
