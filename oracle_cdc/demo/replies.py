"""What the simulated ML service makes of a conversation, and the shapes in which ML services say it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

RESULT_TYPE = "ML_PROCESSING_RESULT"
MODEL_VERSION = "demo-1.0"
SHOWN_CHARACTERS = 70

#: The first of these words that a conversation has names what it is about.
TOPICS = {
    "cancellation": ("להתנתק", "ניתוק", "cancel my contract"),
    "theft": ("stolen",),
    "billing": ("חשבון של", "my bill"),
    "technical": ("נופל", "Nothing works", "הסים"),
    "delivery": ("חבילה כבר", "moving"),
    "sales": ("מכירות", "Sales"),
    "restaurant": ("restaurant", "place to eat"),
    "travel": ("flight", "hotel", "bus", "train", "trip"),
    "entertainment": ("movie", "concert", "event", "song", "music"),
}
GOOD_WORDS = (
    "תודה רבה",
    "מעולה",
    "יופי",
    "אחלה",
    "thank you",
    "great",
    "perfect",
    "wonderful",
    "excellent",
)
BAD_WORDS = ("נמאס", "כועס", "שקר", "frustrated", "had enough", "nobody ever", "stolen")


@dataclass(frozen=True)
class Reply:
    """A message for the results queue."""

    call_id: str
    body: str = field(repr=False)
    attributes: Mapping[str, str] = field(default_factory=lambda: {"messageType": RESULT_TYPE})


#: What a service that crashed while it wrote leaves behind.
BROKEN = Reply("", '{"type": "ML_PROCESSING_RESULT", "callId":')


def summarize(conversation: Mapping[str, Any]) -> str:
    """A summary of sorts: how the customer begins and how it ends."""
    said = [message for message in conversation["messages"] if message["channel"] == "C"]
    begins, ends = shorten(said[0]["text"]), shorten(said[-1]["text"])
    return f"{begins} [{conversation['messageCount']}] {ends}"


def shorten(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SHOWN_CHARACTERS else words[:SHOWN_CHARACTERS] + "…"


def classify(words: str) -> str:
    return next(
        (topic for topic, marks in TOPICS.items() if any(mark in words for mark in marks)), "other"
    )


def feel(words: str) -> float:
    """From -1, angry, to 1, pleased."""
    lowered = words.lower()
    good, bad = (sum(map(lowered.count, marks)) for marks in (GOOD_WORDS, BAD_WORDS))
    return round((good - bad) / (good + bad), 2) if good + bad else 0.0


def name_feeling(score: float) -> str:
    return "neutral" if score == 0 else "positive" if score > 0 else "negative"


def reply(conversation: Mapping[str, Any], number: int) -> Reply:
    """The reply to a conversation; its number decides its shape."""
    words = " ".join(message["text"] for message in conversation["messages"])
    body, attributes = SHAPES[number % len(SHAPES)](conversation, classify(words), feel(words))
    return Reply(conversation["callId"], json.dumps(body, ensure_ascii=number % 2 == 1), attributes)


Shaped = tuple[dict[str, Any], dict[str, str]]


def shape_full(conversation: Mapping[str, Any], topic: str, score: float) -> Shaped:
    body = {
        "type": RESULT_TYPE,
        "callId": conversation["callId"],
        "revision": conversation["revision"],
        "ban": conversation["ban"],
        "subscriberNo": conversation["subscriberNo"],
        "callTime": conversation["callTime"],
        "summary": summarize(conversation),
        "sentiment": name_feeling(score),
        "classification": {"primary": topic, "all": [topic, "call-centre"], "confidence": 0.87},
        "processingTime": 412,
        "modelVersion": MODEL_VERSION,
    }
    return body, {"messageType": RESULT_TYPE}


def shape_snake(conversation: Mapping[str, Any], topic: str, score: float) -> Shaped:
    body = {
        "type": RESULT_TYPE,
        "callId": int(conversation["callId"]),
        "revision": str(conversation["revision"]),
        "customerId": conversation["ban"],
        "subscriber_no": conversation["subscriberNo"],
        "call_time": conversation["callTime"],
        "summary": {"text": summarize(conversation)},
        "sentiment": {"overall": name_feeling(score), "score": score},
        "classifications": [{"name": topic, "confidence": 0.91}, {"label": "call-centre"}],
        "confidence": "0.914",
        "processing_time_ms": 388.25,
        "model_version": MODEL_VERSION,
    }
    return body, {}


def shape_bare(conversation: Mapping[str, Any], topic: str, score: float) -> Shaped:
    """No type in the body, no revision, nothing that the service can't look up."""
    body = {
        "callId": conversation["callId"],
        "summary": summarize(conversation),
        "sentiment": score,
        "classification": topic,
        "confidence": "high",
    }
    return body, {"messageType": RESULT_TYPE}


def shape_list(conversation: Mapping[str, Any], topic: str, score: float) -> Shaped:
    body = {
        "type": RESULT_TYPE,
        "callId": conversation["callId"],
        "revision": conversation["revision"],
        "summary": summarize(conversation),
        "sentiment": {"score": score},
        "classifications": [topic, "call-centre"],
        "confidence": 0.5,
        "language": "he" if re.search("[א-ת]", body_text(conversation)) else "en",
    }
    return body, {"messageType": RESULT_TYPE}


def body_text(conversation: Mapping[str, Any]) -> str:
    return "".join(message["text"] for message in conversation["messages"])


SHAPES: tuple[Callable[[Mapping[str, Any], str, float], Shaped], ...] = (
    shape_full,
    shape_snake,
    shape_bare,
    shape_list,
)
