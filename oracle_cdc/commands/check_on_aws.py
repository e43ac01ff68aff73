"""What `check` asks of AWS for both pipelines of row changes."""

from __future__ import annotations

from collections.abc import Sequence

from oracle_cdc.aws.rights import Need, find_account, prove_rights
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
from oracle_cdc.errors import CdcError, DestinationConfigurationError
from oracle_cdc.running.terminal import complain, say, warn
from oracle_cdc.settings.streams import StreamingSettings

#: To read a queue's attributes is proved by having read them.
BURYING = ("sqs:SendMessage",)
#: Where policies stand that allow what is needed.
CHANGES_POLICY = "deploy/pipeline/iam-policy-changes.json"
PROCESSOR_POLICY = "deploy/pipeline/iam-policy-processor.json"


def check_account(settings: StreamingSettings, aws: AwsSession) -> None:
    """Compare the account of the credentials with the one that is set.

    Raises DestinationConfigurationError where they differ.
    """
    account = find_account(aws)
    wanted = settings.aws.account_id
    if account is None:
        warn("AWS did not say which account the keys belong to")
    elif wanted is None:
        say(f"AWS account {account}")
    elif wanted != account:
        raise DestinationConfigurationError(
            f"the keys belong to account {account}; AWS_ACCOUNT_ID says {wanted}"
        )


def check_needs(aws: AwsSession, needs: Sequence[Need]) -> None:
    """Prove rights without using them.

    Raises DestinationConfigurationError where one is lacking. What can't be proved is a warning.
    """
    is_lacking = False
    for finding in prove_rights(aws, needs):
        if finding.is_lacking:
            complain(finding.setting, finding.what)
            is_lacking = True
        else:
            warn(f"{finding.setting}: {finding.what}")
    if is_lacking:
        raise DestinationConfigurationError("a right is lacking, see above")


def check_redaction(settings: StreamingSettings) -> None:
    """Raise CdcError where what is personal would leave as it is."""
    if not settings.enable_data_redaction:
        raise CdcError("ENABLE_DATA_REDACTION=false: what is personal leaves as it is; remove it")


def check_dead_letters(
    queue: DeadLetterQueue | None, aws: AwsSession, policy: str, *, keeps_event: bool
) -> None:
    """Look at the queue of dead letters, if one is set, and prove the right to write to it.

    Raises what keeps it from taking them.

    Parameters:
        policy: where one stands that allows to write to it.
        keeps_event: whether whole events rest there.
    """
    if queue is None:
        warn("DLQ_URL is not set: what can't be published stops what comes behind it")
        return
    facts = queue.read_facts()
    check_needs(aws, [Need("DLQ_URL", facts.arn, BURYING, facts.has_policy, policy)])
    say(f"✅ Dead letter queue reachable: {facts.waiting} wait")
    if keeps_event and not facts.is_encrypted:
        warn(
            "the queue of dead letters does not encrypt what rests there, which is whole events: "
            "encrypt it, or set DLQ_KEEP_EVENT=false"
        )
