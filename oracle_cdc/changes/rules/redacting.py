"""What is personal in a change, replaced before the change leaves."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Collection, Mapping

from oracle_cdc.changes.rules.documents import (
    NoDocument,
    Number,
    read_document,
    write_document,
)
from oracle_cdc.changes.rules.selecting import Images
from oracle_cdc.changes.rules.transformers import Transformer
from oracle_cdc.changes.rules.values import Image
from oracle_cdc.redaction.fields import REPLACEMENT
from oracle_cdc.redaction.marking import Marker

#: What is counted beside the kinds that are found in free text: fields replaced as a whole, keys
#: replaced by tokens, and texts that should be JSON and are not.
FIELD, TOKEN, DOCUMENT = "field", "token", "document"
NOTHING: Mapping[str, int] = {}
_TOKEN = re.compile(r"hmac:[0-9a-f]{64}")


class Redactor:
    """Replaces what is personal. What it gives back it leaves as it is the next time.

    Parameters:
        marker: finds what is personal in free text.
        hmac_key: the secret of tokens. Nobody without it can find out what a token stands for.
    """

    def __init__(self, marker: Marker, hmac_key: bytes | None = None) -> None:
        self.marker = marker
        self.hmac_key = hmac_key

    def redact(self, images: Images, transformer: Transformer) -> tuple[Images, Mapping[str, int]]:
        """Return rows and keys as they may leave, and how much was replaced of each kind."""
        if spares(images, transformer):
            return images, NOTHING
        counts: Counter[str] = Counter()
        redacted = Images(
            self.redact_image(images.before, transformer, counts),
            self.redact_image(images.after, transformer, counts),
            self.replace_by_tokens(images.keys, transformer, counts),
        )
        return redacted, counts

    def redact_image(
        self, image: Image | None, transformer: Transformer, counts: Counter[str]
    ) -> Image | None:
        if image is None:
            return None
        opened = open_documents(image, transformer, counts)
        redacted = transformer.redacted.redact(opened)
        if redacted != opened:
            counts[FIELD] += sum(redacted[name] != opened[name] for name in opened)
        for name in transformer.scan_fields & redacted.keys():
            redacted[name] = self.scan(redacted[name], counts)
        for name in transformer.json_fields & redacted.keys():
            if isinstance(redacted[name], (dict, list)):
                redacted[name] = write_document(redacted[name])
        return self.replace_by_tokens(redacted, transformer, counts)

    def scan(self, value: object, counts: Counter[str]) -> object:
        """Return a value with marks in all its texts and numbers, also in names of members."""
        if isinstance(value, Mapping):
            scanned: dict[str, object] = {}
            for name, each in value.items():
                scanned[unlike(self.mark(name, counts), scanned)] = self.scan(each, counts)
            return scanned
        if isinstance(value, list):
            return [self.scan(each, counts) for each in value]
        if isinstance(value, str):
            return self.mark(value, counts)
        if isinstance(value, Number):
            marked = self.mark(value.digits, counts)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            marked = self.mark(str(value), counts)
        else:
            return value
        if marked == str(getattr(value, "digits", value)):
            return value
        return marked

    def mark(self, text: str, counts: Counter[str]) -> str:
        marked = self.marker.mark_text(text)
        for kind, count in marked.counts.items():
            counts[kind.value] += count
        return marked.texts[0]

    def replace_by_tokens(
        self, image: Image, transformer: Transformer, counts: Counter[str]
    ) -> Image:
        if not transformer.hmac_fields:
            return image
        replaced = dict(image)
        for name in transformer.hmac_fields & image.keys():
            value = image[name]
            if value is None or value == REPLACEMENT or is_token(value):
                continue
            replaced[name] = self.make_token(value)
            counts[TOKEN] += 1
        return replaced

    def make_token(self, value: object) -> str:
        """Return what stands for a value: the same each time, and for no other value."""
        if self.hmac_key is None:
            raise ValueError("no secret to make tokens with")
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        return f"hmac:{hmac.new(self.hmac_key, text.encode(), hashlib.sha256).hexdigest()}"


def spares(images: Images, transformer: Transformer) -> bool:
    """Return whether nothing of a change is replaced, as of nearly all."""
    if not transformer.is_by_names:
        return False
    before, after, _ = images
    spared = transformer.redacted.spares
    return (before is None or spared(before)) and (after is None or spared(after))


def unlike(name: str, others: Collection[str]) -> str:
    """Return the name of a member as none before it has: two may have got the same mark."""
    found, number = name, len(others) + 1
    while found in others:
        found = f"{name} {number}"
        number += 1
    return found


def is_token(value: object) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def open_documents(image: Image, transformer: Transformer, counts: Counter[str]) -> Image:
    """Return an image with its texts of JSON read, and those that are none replaced."""
    if not transformer.json_fields:
        return image
    opened = dict(image)
    for name in transformer.json_fields & image.keys():
        text = image[name]
        if not isinstance(text, str) or text == REPLACEMENT:
            continue
        try:
            opened[name] = read_document(text)
        except NoDocument:
            opened[name] = REPLACEMENT
            counts[DOCUMENT] += 1
    return opened
