"""What the simulated ML service makes of a conversation, and the shapes of its replies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
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
    """Return a summary of sorts: how the customer begins and how it ends."""
    said = [message for message in conversation["messages"] if message["channel"] == "C"]
    begins, ends = shorten(said[0]["text"]), shorten(said[-1]["text"])
    return f"{begins} [{conversation['messageCount']}] {ends}"


def shorten(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= SHOWN_CHARACTERS:
        return words
    return words[:SHOWN_CHARACTERS] + "…"


def classify(words: str) -> str:
    """Return the first topic that one of the words stands for."""
    for topic, marks in TOPICS.items():
        if any(mark in words for mark in marks):
            return topic
    return "other"


def feel(words: str) -> float:
    """Return a score from -1, angry, to 1, pleased."""
    good = count_words(words, GOOD_WORDS)
    bad = count_words(words, BAD_WORDS)
    if good + bad == 0:
        return 0.0
    return round((good - bad) / (good + bad), 2)


def count_words(text: str, wanted: Sequence[str]) -> int:
    lowered = text.lower()
    return sum(lowered.count(word) for word in wanted)


def name_feeling(score: float) -> str:
    if score > 0:
        return "positive"
    if score < 0:
        return "negative"
    return "neutral"


def reply(conversation: Mapping[str, Any], number: int) -> Reply:
    """Return the reply to a conversation, whose number decides its shape."""
    words = " ".join(texts_of(conversation))
    shape = SHAPES[number % len(SHAPES)]
    body, attributes = shape(conversation, classify(words), feel(words))
    is_escaped = number % 2 == 1
    return Reply(conversation["callId"], json.dumps(body, ensure_ascii=is_escaped), attributes)


def texts_of(conversation: Mapping[str, Any]) -> list[str]:
    return [message["text"] for message in conversation["messages"]]


Shaped = tuple[dict[str, Any], dict[str, str]]


def shape_full(conversation: Mapping[str, Any], topic: str, score: float) -> Shaped:
    """Give everything that docs/messages.md names."""
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
    """Use other names and types for the same fields."""
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
    """Leave out the type, the revision, and whatever else the service can look up."""
    body = {
        "callId": conversation["callId"],
        "summary": summarize(conversation),
        "sentiment": score,
        "classification": topic,
        "confidence": "high",
    }
    return body, {"messageType": RESULT_TYPE}


def shape_list(conversation: Mapping[str, Any], topic: str, score: float) -> Shaped:
    """Put the classifications into a list of words."""
    language = "en"
    if re.search("[א-ת]", "".join(texts_of(conversation))):
        language = "he"
    body = {
        "type": RESULT_TYPE,
        "callId": conversation["callId"],
        "revision": conversation["revision"],
        "summary": summarize(conversation),
        "sentiment": {"score": score},
        "classifications": [topic, "call-centre"],
        "confidence": 0.5,
        "language": language,
    }
    return body, {"messageType": RESULT_TYPE}


SHAPES: tuple[Callable[[Mapping[str, Any], str, float], Shaped], ...] = (
    shape_full,
    shape_snake,
    shape_bare,
    shape_list,
)
