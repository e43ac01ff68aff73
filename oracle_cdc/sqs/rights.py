"""Whether the keys may do what the service will do, asked of IAM without doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from oracle_cdc.aws.session import AwsSession

#: What an endpoint that does not know the question, or may not answer it, makes of it.
UNSAID = (BotoCoreError, ClientError, ResponseParserError)
ALLOWED, NEVER = "allowed", "explicitDeny"


@dataclass(frozen=True)
class Need:
    """Actions on one thing, and the setting that names it. has_own_policy: it may allow by itself what IAM does not."""

    setting: str
    arn: str | None
    actions: Sequence[str]
    has_own_policy: bool


@dataclass(frozen=True)
class Finding:
    """What is not allowed, or was not proved, and why."""

    setting: str
    what: str
    is_lacking: bool


def prove_rights(session: AwsSession, needs: Sequence[Need]) -> list[Finding]:
    """Ask IAM to simulate each need. What IAM does not say is not proved; nothing is raised for that."""
    try:
        principal = find_principal(session)
    except UNSAID as error:
        return [
            not_proved(need, f"AWS did not say whose the keys are: {name(error)}") for need in needs
        ]
    return [finding for need in needs for finding in prove_need(session, principal, need)]


def prove_need(session: AwsSession, principal: str, need: Need) -> list[Finding]:
    if need.arn is None:
        return [not_proved(need, "its ARN is not known")]
    try:
        decisions = simulate(session, principal, need)
    except UNSAID as error:
        return [not_proved(need, f"iam:SimulatePrincipalPolicy: {name(error)}")]
    refused = {action: decision for action, decision in decisions.items() if decision != ALLOWED}
    if not refused:
        return []
    what = f"{', '.join(sorted(refused))} on {need.arn} by {principal}"
    if need.has_own_policy and NEVER not in refused.values():
        return [
            Finding(
                need.setting, f"IAM does not allow {what}; its own policy must", is_lacking=False
            )
        ]
    return [
        Finding(
            need.setting, f"IAM does not allow {what}; see deploy/iam-policy.json", is_lacking=True
        )
    ]


def not_proved(need: Need, why: str) -> Finding:
    what = f"{', '.join(need.actions)} could not be proved without using it ({why}); see deploy/iam-policy.json"
    return Finding(need.setting, what, is_lacking=False)


def find_principal(session: AwsSession) -> str:
    """The user or role that the keys belong to, as IAM simulates it."""
    with session.opened("sts") as sts:
        arn = str(sts.get_caller_identity()["Arn"])
    head, _, tail = arn.partition(":assumed-role/")
    if not tail:
        return arn
    role = tail.split("/")[0]
    # A role's path does not stand in the name of its session.
    with session.opened("iam") as iam:
        try:
            return str(iam.get_role(RoleName=role)["Role"]["Arn"])
        except ClientError:
            return f"{head.replace(':sts:', ':iam:')}:role/{role}"


def simulate(session: AwsSession, principal: str, need: Need) -> dict[str, str]:
    """What IAM decides of each action. An answer that leaves one out does not allow it."""
    with session.opened("iam") as iam:
        answer: Mapping[str, Any] = iam.simulate_principal_policy(
            PolicySourceArn=principal, ActionNames=list(need.actions), ResourceArns=[need.arn]
        )
    decided = {
        each["EvalActionName"]: each["EvalDecision"] for each in answer.get("EvaluationResults", [])
    }
    return {action: decided.get(action, "no decision") for action in need.actions}


def name(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "refused"))
    return type(error).__name__


def probe_bucket(session: AwsSession, bucket: str) -> list[Finding]:
    """Look whether the bucket is there."""
    try:
        with session.opened("s3") as s3:
            s3.head_bucket(Bucket=bucket)
    except (BotoCoreError, ResponseParserError) as error:
        return [untested(f"{name(error)} at HeadBucket")]
    except ClientError as error:
        # HEAD has no body, so no code but the status.
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 404:
            return [Finding("S3_OVERFLOW_BUCKET", f"there is no bucket {bucket}", is_lacking=True)]
        if status == 403:
            return [untested("these keys may not look: s3:ListBucket, or another account's bucket")]
        return [] if status == 301 else [untested(f"HTTP {status} at HeadBucket")]
    return []


def untested(why: str) -> Finding:
    return Finding(
        "S3_OVERFLOW_BUCKET",
        f"whether the bucket is there was not tested ({why})",
        is_lacking=False,
    )
