"""What other services put around an answer on its way to the results queue."""

from __future__ import annotations

import base64
import gzip
import json
import random


def plain(body: str) -> str:
    return body


def notification(body: str) -> str:
    """Wrap an answer as SNS delivers it without raw message delivery."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "n-1",
            "TopicArn": "arn:aws:sns:x:0:t",
            "Message": body,
        }
    )


def event(body: str) -> str:
    """Wrap an answer as EventBridge delivers it."""
    return json.dumps(
        {"version": "0", "detail-type": "ML_PROCESSING_RESULT", "detail": json.loads(body)}
    )


def spelled(body: str) -> str:
    return base64.b64encode(body.encode()).decode()


def squeezed(body: str) -> str:
    return base64.b64encode(gzip.compress(body.encode(), mtime=0)).decode()


def quoted(body: str) -> str:
    return json.dumps(body)


def alone_in_a_list(body: str) -> str:
    return f"[{body}]"


ENVELOPES = (plain, notification, event, spelled, squeezed, quoted, alone_in_a_list)
MOST_LAYERS = 2


def wrap(rng: random.Random, body: str) -> str:
    """Put a JSON object into one envelope, or one into another."""
    for put in rng.sample(ENVELOPES, rng.randint(1, MOST_LAYERS)):
        if body.startswith("{"):
            body = put(body)
        else:
            body = notification(body)
    return body
