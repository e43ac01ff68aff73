"""Values that are valid by default, so that a test says only what matters to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from pydantic import SecretStr

from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.conversations.rules.answers import Reading, read
from oracle_cdc.conversations.rules.assembly import assemble
from oracle_cdc.conversations.rules.messages import write_content
from oracle_cdc.conversations.settings import CdcSettings, Settings, SqsSettings
from oracle_cdc.errors import ResultRefused
from oracle_cdc.model import (
    Conversation,
    MlResult,
    OutboundMessage,
    QueueFacts,
    ReceivedMessage,
    Segment,
)
from oracle_cdc.settings.sections import AwsSettings, OracleSettings

CALL_TIME = datetime(2025, 1, 15, 14, 20)
ASSEMBLED_AT = datetime(2025, 1, 15, 14, 25, 0, 123456, tzinfo=timezone.utc)


def a_segment(
    text: str | None = "שלום, איך אפשר לעזור?",
    *,
    call_id: str = "1001",
    owner: str = "A",
    after_seconds: float = 3.25,
    ban: str | None = "B-77",
    subscriber_no: str | None = "050-1234567",
) -> Segment:
    """Return a row of the source, after_seconds after its call began."""
    return Segment(
        call_id,
        ban,
        subscriber_no,
        owner,
        text,
        CALL_TIME + timedelta(seconds=after_seconds),
        CALL_TIME,
    )


def a_conversation(*segments: Segment, call_id: str = "1001") -> Conversation:
    """Return the conversation of these rows, or of one question and its answer."""
    return assemble(
        segments
        or (
            a_segment(call_id=call_id),
            a_segment("My bill is wrong", call_id=call_id, owner="C", after_seconds=7),
        )
    )


def encode(
    conversation: Conversation,
    *,
    revision: int,
    assembled_at: datetime,
    time_zone: str | None = None,
) -> str:
    """Return the body of a conversation, as it is sent."""
    content = write_content(conversation, time_zone=time_zone)
    return b"".join(content.body(revision=revision, assembled_at=assembled_at)).decode()


def content_hash(conversation: Conversation, *, time_zone: str | None = None) -> str:
    """Return the hash that is equal for two sendings of the same content."""
    return write_content(conversation, time_zone=time_zone).hash


def queue_facts(
    *, url: str = "http://127.0.0.1/000000000000/outbound", max_message_bytes: int = 1_048_576
) -> QueueFacts:
    """Return what SQS says of a queue of ours."""
    return QueueFacts(url, url.endswith(".fifo"), max_message_bytes, 1_209_600, 30, None, 0, 0)


def a_message(
    body: str = '{"type":"CONVERSATION_ASSEMBLY"}',
    *,
    call_id: str = "1001",
    revision: int = 1,
    facts: QueueFacts | None = None,
) -> OutboundMessage:
    """Return a message ready to be sent."""
    return fit(
        [body.encode()],
        call_id=call_id,
        revision=revision,
        content_hash="0" * 64,
        assembled_at=ASSEMBLED_AT,
        facts=facts or queue_facts(),
    )


def a_result_body(**fields: object) -> str:
    """Return a result's body, with fields in place of or beside the usual ones."""
    usual: dict[str, object] = {
        "type": "ML_PROCESSING_RESULT",
        "callId": "1001",
        "revision": 1,
        "summary": "הלקוח מתלונן",
    }
    return json.dumps({**usual, **fields}, ensure_ascii=False)


def a_result(
    body: str | None = None, *, attributes: Mapping[str, str] | None = None, **fields: object
) -> ReceivedMessage:
    """Return a received result of this very body, or of the usual one with these fields."""
    return ReceivedMessage(
        message_id="11111111-2222-3333-4444-555555555555",
        receipt_handle="handle",
        body=a_result_body(**fields) if body is None else body,
        attributes={"messageType": "ML_PROCESSING_RESULT"} if attributes is None else attributes,
        sent_ms=1_736_951_100_000,
        receive_count=1,
    )


def no_object(bucket: str, key: str, limit_bytes: int) -> bytes:
    """Return an S3 in which nothing lies."""
    raise ResultRefused("what it points to is not there")


def reading_of(message: ReceivedMessage) -> Reading:
    """Return what a message is read as."""
    return read(message, no_object)


def read_one(message: ReceivedMessage) -> MlResult:
    """Return the one result of a message, or raise its refusal."""
    (answer,) = reading_of(message).answers
    if answer.error:
        raise answer.error
    assert answer.result
    return answer.result


def sqs_settings(endpoint: str, queue_url: str | None = None, **cdc: object) -> Settings:
    """Return settings for an SQS endpoint of a test.

    Parameters:
        cdc: replaces keys of CDC_CONFIG.
    """
    url = queue_url or f"{endpoint}/000000000000/outbound"
    return Settings(
        oracle=OracleSettings(user="cdc", password=SecretStr("secret"), dsn="127.0.0.1/XE"),
        sqs=SqsSettings(outbound_queue_url=url, results_queue_url=url),
        cdc=CdcSettings.model_validate(cdc),
        aws=AwsSettings(
            region="eu-west-1",
            access_key_id="test",
            secret_access_key=SecretStr("test"),
            endpoint_url=endpoint,
        ),
    )
