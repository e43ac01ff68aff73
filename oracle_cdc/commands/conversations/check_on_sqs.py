"""What `check` asks of SQS: both queues, the bucket, and the rights to use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oracle_cdc.aws.rights import Finding, Need, probe_bucket, prove_rights
from oracle_cdc.aws.sqs.client import SqsClient, is_one_queue, read_queue
from oracle_cdc.conversations.settings import Settings, SqsSettings
from oracle_cdc.conversations.startup import pair_warnings, queue_warnings, region_warnings
from oracle_cdc.errors import CdcError, SqsConfigurationError
from oracle_cdc.model import QueueFacts
from oracle_cdc.running.terminal import complain, say, warn

#: To read a queue's attributes is proved by having read them.
SENDING = ("sqs:SendMessage",)
RECEIVING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
STORING = ("s3:PutObject",)


def check_queues(client: SqsClient, settings: Settings) -> dict[str, QueueFacts]:
    """Check queues, bucket and rights, and return the queues by URL.

    Raises SqsConfigurationError when one can't be used.
    """
    queues, has_failed = read_queues(client, settings)
    warnings = find_warnings(queues, settings)
    findings = find_lacking(client, queues, settings.sqs)
    for finding in findings:
        print_finding(finding)
    is_usable = not has_failed and not any(finding.is_lacking for finding in findings)
    if is_usable:
        say("✅ SQS connection successful")
    # One queue under two URLs is the same warning twice.
    for warning in dict.fromkeys(warnings):
        warn(warning)
    if not is_usable:
        raise SqsConfigurationError("it can't be used as it is, see above")
    return queues


def find_warnings(queues: Mapping[str, QueueFacts], settings: Settings) -> list[str]:
    """Return what is strange about the queues that answered, and about the regions of all."""
    found = list(queues.values())
    is_shared = settings.sqs.is_shared or (len(found) == 2 and is_one_queue(*found))
    warnings: list[str] = []
    for facts in found:
        warnings += queue_warnings(facts, is_shared=is_shared)
    warnings += pair_warnings(found, settings.aws)
    # Of a queue that did not answer its region may be the reason.
    for url in queue_settings(settings).values():
        warnings += region_warnings(url, settings.aws)
    return warnings


def find_lacking(
    client: SqsClient, queues: Mapping[str, QueueFacts], settings: SqsSettings
) -> list[Finding]:
    """Return what is lacking or could not be proved of rights and of the bucket."""
    findings: list[Finding] = []
    if queues:
        findings += prove_rights(client.session, needs_of(settings, queues))
    if settings.s3_overflow_bucket:
        findings += probe_bucket(client.session, settings.s3_overflow_bucket)
    return findings


def read_queues(client: SqsClient, settings: Settings) -> tuple[dict[str, QueueFacts], bool]:
    """Return the queues that answer, and whether one did not.

    Each that does not is named with its setting.
    """
    queues: dict[str, QueueFacts] = {}
    has_failed = False
    for setting, url in queue_settings(settings).items():
        try:
            queues[url] = read_queue(client, url)
        except CdcError as error:
            has_failed = True
            complain(setting, error)
    return queues, has_failed


def needs_of(settings: SqsSettings, queues: Mapping[str, QueueFacts]) -> list[Need]:
    """Return what the service will do with the queues that answered, and with its bucket."""
    needs = []
    for setting, url, actions in (
        ("SQS_OUTBOUND_QUEUE_URL", settings.outbound_queue_url, SENDING),
        ("SQS_RESULTS_QUEUE_URL", settings.results_queue_url, RECEIVING),
    ):
        facts = queues.get(url)
        if facts:
            needs.append(Need(setting, facts.arn, actions, facts.has_policy))
    bucket = settings.s3_overflow_bucket
    if bucket:
        partition = partition_of(queues.values())
        arn = f"arn:{partition}:s3:::{bucket}/{settings.s3_overflow_prefix}x"
        needs.append(Need("S3_OVERFLOW_BUCKET", arn, STORING, True))
    return needs


def partition_of(queues: Iterable[QueueFacts]) -> str:
    """Return the partition of AWS that queues are in: aws, aws-cn, aws-us-gov ..."""
    for facts in queues:
        if facts.arn:
            return facts.arn.split(":")[1]
    return "aws"


def queue_settings(settings: Settings) -> dict[str, str]:
    """Return each queue's URL by the setting that names it."""
    if settings.sqs.is_shared:
        return {"SQS_QUEUE_URL": settings.sqs.outbound_queue_url}
    return {
        "SQS_OUTBOUND_QUEUE_URL": settings.sqs.outbound_queue_url,
        "SQS_RESULTS_QUEUE_URL": settings.sqs.results_queue_url,
    }


def print_finding(finding: Finding) -> None:
    if finding.is_lacking:
        complain(finding.setting, finding.what)
    else:
        warn(f"{finding.setting}: {finding.what}")
