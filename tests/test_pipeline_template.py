"""deploy/pipeline/: the template makes what the code needs, the policies allow what it asks for."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS
from oracle_cdc.commands.processor.arguments import FUNCTIONS
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.settings.names import variables
from tests.dockerfile import OF_FUNCTIONS, copied, is_ignored
from tests.documents import ROOT
from tests.policies import rights_in

FOLDER = ROOT / "deploy" / "pipeline"
HADOLINT = shutil.which("hadolint", path=Path(sys.executable).parent)
#: Of an alarm that others have already, key by key.
ERROR_ALARM = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": "cdc-processor-errors",
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 2,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
    },
}


class Loader(yaml.SafeLoader):
    """Reads a template, whose functions stay what they are written as."""


def construct_function(loader: Loader, suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: node.value}
    assert isinstance(node, yaml.SequenceNode)
    return {suffix: loader.construct_sequence(node, deep=True)}


Loader.add_multi_constructor("!", construct_function)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    text = (FOLDER / "template.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader)
    return found


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


def functions(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            found[resource["Properties"]["FunctionName"]] = resource["Properties"]
    return found


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed (requirements-dev.txt)")
def test_hadolint_has_nothing_to_say_of_the_functions_image() -> None:
    said = subprocess.run(
        [str(HADOLINT), str(FOLDER / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout) == (0, "")


def test_the_alarm_on_errors_is_as_others_know_it(resources: dict[str, Any]) -> None:
    assert resources["CDCProcessorErrorAlarm"] == ERROR_ALARM


def test_each_function_is_there_with_its_handler(resources: dict[str, Any]) -> None:
    found = functions(resources)
    assert found.keys() == FUNCTIONS.keys()
    for properties in found.values():
        (handler,) = properties["ImageConfig"]["Command"]
        module, _, name = handler.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))


def test_records_come_again_until_they_are_settled_and_in_order(resources: dict[str, Any]) -> None:
    (source,) = functions(resources)["cdc-processor"]["Events"].values()
    mapping = source["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ParallelizationFactor"] == 1
    assert mapping["BisectBatchOnFunctionError"] is False
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (-1, -1)
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    on_failure = mapping["DestinationConfig"]["OnFailure"]["Destination"]["GetAtt"]
    assert resources[on_failure.split(".")[0]]["Type"] == "AWS::SQS::Queue"


@pytest.mark.parametrize(
    ("table", "keys"), [("CheckpointTable", CHECKPOINT_KEYS), ("StateTable", STATE_KEYS)]
)
def test_the_tables_have_the_keys_of_the_code(
    resources: dict[str, Any], table: str, keys: tuple[str, ...]
) -> None:
    schema = resources[table]["Properties"]["KeySchema"]
    assert tuple(key["AttributeName"] for key in schema) == keys
    assert [key["KeyType"] for key in schema] == ["HASH", "RANGE"][: len(keys)]


def test_what_rests_is_encrypted_and_outlives_the_stack(resources: dict[str, Any]) -> None:
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::SQS::Queue":
            assert properties["SqsManagedSseEnabled"] is True, name
        elif resource["Type"] == "AWS::Kinesis::Stream":
            assert properties["StreamEncryption"]["EncryptionType"] == "KMS"
        elif resource["Type"] != "AWS::DynamoDB::Table":
            continue
        assert resource["DeletionPolicy"] == "Retain", name


def test_functions_get_settings_that_there_are_with_their_defaults(
    template: dict[str, Any],
) -> None:
    known = variables(ProcessorSettings)
    given = template["Globals"]["Function"]["Environment"]["Variables"]
    for name, value in given.items():
        parameter = template["Parameters"].get(value["Ref"]) if isinstance(value, dict) else None
        if parameter is not None:
            assert parameter["Default"] == known[name].get_default(), name
        assert name in known


def test_the_image_has_what_it_copies_and_nothing_else() -> None:
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    ignore = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    copied = set()
    for sources in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE):
        copied.update(sources.split())
    assert copied == set(re.findall(r"^!(\S+)$", ignore, re.MULTILINE))


def test_sam_finds_what_the_image_copies_by_the_dockerignore_at_the_top() -> None:
    # It builds with docker's library for Python, which knows no other:
    # https://github.com/docker/docker-py/blob/main/docker/api/build.py
    for source, _ in copied(OF_FUNCTIONS):
        assert not is_ignored(source), source


#: Imports what the functions are with nothing else installed than their requirements.
BARE = """
import importlib, importlib.abc, sys

class Hiding(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden}:
            raise ModuleNotFoundError(f"{{name}} is hidden", name=name)
        return None

sys.meta_path.insert(0, Hiding())
for name in sys.argv[1].split():
    importlib.import_module(name)
"""


def test_functions_need_no_other_packages_than_their_requirements_name() -> None:
    run = set(re.findall(r"^([\w-]+)", read("requirements-run.txt"), re.MULTILINE))
    ours = set(re.findall(r"^([\w-]+)", read("requirements-lambda.txt"), re.MULTILINE))
    assert ours < run
    # As they are imported.
    hidden = {name.replace("-", "_") for name in run - ours} | {"nats", "nkeys", "pymysql"}
    handlers = [f"oracle_cdc.lambdas.{name.replace('-', '_')}" for name in FUNCTIONS]
    done = subprocess.run(
        [sys.executable, "-c", BARE.format(hidden=sorted(hidden)), " ".join(handlers)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_functions_requirements_are_those_of_the_service() -> None:
    service = set(read("requirements-run.txt").splitlines())
    for line in read("requirements-lambda.txt").splitlines():
        assert line.startswith("#") or line in service, line


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def actions(policy: str) -> set[str]:
    document = json.loads((FOLDER / f"iam-policy-{policy}.json").read_text(encoding="utf-8"))
    found: set[str] = set()
    for statement in document["Statement"]:
        assert statement["Resource"] != "*" or "Condition" in statement
        found.update(statement["Action"])
    return found


#: Asked of SQS by clients of queues, whose service no constant names.
BURYING = {"sqs:SendMessage", "sqs:GetQueueAttributes"}
REDRIVING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}
#: Asked by a person's commands alone: init-tables, and checkpoint reset.
BY_HAND = {"dynamodb:CreateTable", "dynamodb:Scan"}
#: Everybody may ask it.
WHO_AM_I = {"sts:GetCallerIdentity"}
PROVING = {"iam:SimulatePrincipalPolicy", "iam:GetRole"}
#: Policy -> the rooms of the code that it is for, and what no room shows.
USED = {
    "changes": (
        ("aws/kinesis/client.py", "aws/kinesis/outbound.py", "aws/kinesis/stream.py"),
        BURYING | PROVING,
    ),
    "processor": (
        (
            *("aws/kinesis/client.py", "aws/kinesis/inbound.py", "aws/kinesis/stream.py"),
            *("aws/eventbridge/*.py", "aws/dynamodb/*.py"),
            *("aws/cloudwatch/client.py", "aws/cloudwatch/metrics.py"),
        ),
        BURYING | PROVING,
    ),
}


@pytest.mark.parametrize("policy", USED)
def test_a_policy_allows_what_the_code_asks_for_and_no_more(policy: str) -> None:
    rooms, more = USED[policy]
    assert actions(policy) == (rights_in(rooms) - BY_HAND) | more


def test_the_operators_policy_allows_what_the_commands_ask_for_and_no_more() -> None:
    rooms = ("aws/kinesis/*.py", "aws/eventbridge/*.py", "aws/dynamodb/*.py", "aws/cloudwatch/*.py")
    asked = rights_in(rooms) | BURYING | REDRIVING | {"lambda:InvokeFunction"}
    #: Of the pipelines alone: a person ships nothing, takes no lease, and lists no shards.
    asked -= {"kinesis:PutRecords", "kinesis:ListShards", "dynamodb:DeleteItem"}
    assert actions("operator") == asked


def test_functions_may_do_what_their_handlers_ask_for(resources: dict[str, Any]) -> None:
    allowed: dict[str, set[str]] = {}
    for name, properties in functions(resources).items():
        allowed[name] = set()
        for statement in properties["Policies"][0]["Statement"]:
            given = statement["Action"]
            allowed[name].update([given] if isinstance(given, str) else given)
    everywhere = {"events:PutEvents", "events:DescribeEventBus", "cloudwatch:PutMetricData"}
    assert allowed["cdc-processor"] == everywhere | BURYING | {"dynamodb:UpdateItem"}
    assert allowed["health-check"] == everywhere | {
        *("kinesis:DescribeStreamSummary", "dynamodb:DescribeTable", "sqs:GetQueueAttributes")
    }
    assert allowed["dead-letter-processor"] == everywhere | BURYING | REDRIVING | {
        *("kinesis:GetShardIterator", "kinesis:GetRecords")
    }
