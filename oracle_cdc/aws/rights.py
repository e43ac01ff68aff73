"""Whether the keys may do what the service will do, asked of IAM without doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from oracle_cdc.aws.session import AwsSession

#: What an endpoint that does not know the question, or may not answer it, makes of it.
UNSAID = (BotoCoreError, ClientError, ResponseParserError)
ALLOWED, NEVER = "allowed", "explicitDeny"
#: S3 answers the same for another account's bucket.
MAY_NOT_LOOK = (
    "HeadBucket is denied: allow s3:ListBucket on it, see deploy/iam-policy.json, "
    "unless it is another account's bucket"
)


@dataclass(frozen=True)
class Need:
    """Actions on one thing, and the setting that names it.

    has_own_policy: it may allow by itself what IAM does not.
    example: where a policy stands that allows them.
    """

    setting: str
    arn: str | None
    actions: Sequence[str]
    has_own_policy: bool
    example: str = "deploy/iam-policy.json"


class Decision(NamedTuple):
    """What IAM decides of an action.

    unknown: keys of conditions that a real request has, and its simulation has not.
    """

    verdict: str
    unknown: Sequence[str] = ()

    @property
    def is_said(self) -> bool:
        """Return whether a real request would be met alike."""
        return self.verdict in (ALLOWED, NEVER) or not self.unknown


@dataclass(frozen=True)
class Finding:
    """What is not allowed, or was not proved, and why."""

    setting: str
    what: str
    is_lacking: bool


def prove_rights(session: AwsSession, needs: Sequence[Need]) -> list[Finding]:
    """Ask IAM to simulate each need.

    What IAM does not say is not proved. Nothing is raised for that.
    """
    try:
        principal = find_principal(session)
    except UNSAID as error:
        why = f"AWS did not say whose the keys are: {name(error)}"
        return [not_proved(need, why) for need in needs]
    findings: list[Finding] = []
    for need in needs:
        findings.extend(prove_need(session, principal, need))
    return findings


def prove_need(session: AwsSession, principal: str, need: Need) -> list[Finding]:
    """Ask IAM whether a principal may do the actions of a need."""
    if need.arn is None:
        return [not_proved(need, "its ARN is not known")]
    try:
        decisions = simulate(session, principal, need)
    except UNSAID as error:
        return [not_proved(need, f"iam:SimulatePrincipalPolicy: {name(error)}")]
    unsaid = {action: each for action, each in decisions.items() if not each.is_said}
    findings: list[Finding] = []
    for action, decision in unsaid.items():
        keys = ", ".join(decision.unknown)
        asked = replace(need, actions=[action])
        findings.append(not_proved(asked, f"a policy asks for {keys} of the real request"))
    refused: list[str] = []
    is_denied = False
    for action, decision in decisions.items():
        if decision.verdict != ALLOWED and action not in unsaid:
            refused.append(action)
            is_denied = is_denied or decision.verdict == NEVER
    if refused:
        findings.append(refusal_of(need, principal, refused, is_denied=is_denied))
    return findings


def refusal_of(need: Need, principal: str, refused: Sequence[str], *, is_denied: bool) -> Finding:
    """Return that IAM does not allow some actions of a need.

    is_denied: whether a policy denies one of them, which no other policy can allow.
    """
    why = f"IAM does not allow {', '.join(sorted(refused))} on {need.arn} by {principal}"
    if need.has_own_policy and not is_denied:
        return Finding(need.setting, f"{why}; its own policy must", is_lacking=False)
    return Finding(need.setting, f"{why}; see {need.example}", is_lacking=True)


def not_proved(need: Need, why: str) -> Finding:
    """Return that the actions of a need may or may not be allowed, and why that is not known."""
    actions = ", ".join(need.actions)
    what = f"{actions} could not be proved without using it ({why}); see {need.example}"
    return Finding(need.setting, what, is_lacking=False)


def find_account(session: AwsSession) -> str | None:
    """Return the account that the keys belong to, None where AWS does not say it."""
    try:
        with session.opened("sts") as sts:
            return str(sts.get_caller_identity()["Account"])
    except UNSAID:
        return None


def find_principal(session: AwsSession) -> str:
    """Return the user or role that the keys belong to, as IAM simulates it."""
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


def simulate(session: AwsSession, principal: str, need: Need) -> dict[str, Decision]:
    """Return what IAM decides of each action. An answer that leaves one out does not allow it."""
    with session.opened("iam") as iam:
        answer: Mapping[str, Any] = iam.simulate_principal_policy(
            PolicySourceArn=principal, ActionNames=list(need.actions), ResourceArns=[need.arn]
        )
    decisions = dict.fromkeys(need.actions, Decision("no decision"))
    for result in answer.get("EvaluationResults", []):
        action = result["EvalActionName"]
        if action in decisions:
            decisions[action] = Decision(result["EvalDecision"], find_unknown(action, result))
    return decisions


def find_unknown(action: str, result: Mapping[str, Any]) -> list[str]:
    """Return the keys of conditions on an action that its simulation did not know.

    Those of other services stand in other statements of a policy.
    """
    unknown: set[str] = set()
    for part in (result, *result.get("ResourceSpecificResults", [])):
        unknown.update(part.get("MissingContextValues", []))
    ours = ("aws:", action.partition(":")[0] + ":")
    return sorted(key for key in unknown if key.startswith(ours))


def name(error: Exception) -> str:
    """Return the code that AWS answered, else the name of botocore's error."""
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
            return [untested(MAY_NOT_LOOK)]
        if status != 301:  # that of another region
            return [untested(f"HTTP {status} at HeadBucket")]
    return []


def untested(why: str) -> Finding:
    """Return that it is not known whether the bucket is there, and why."""
    return Finding(
        "S3_OVERFLOW_BUCKET",
        f"whether the bucket is there was not tested ({why})",
        is_lacking=False,
    )
