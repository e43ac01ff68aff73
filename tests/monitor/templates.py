"""Templates of the page, compiled once for all applications of a process of tests."""

from __future__ import annotations

from typing import Any

from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache


class KeptBytecode(BytecodeCache):
    """Keeps in memory what templates were compiled to: a third of the CPU of tests of the page."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is kept, which jinja2 refuses where the template's text is another."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


KEPT = KeptBytecode()


class KeepingEnvironment(Environment):
    """An environment of templates as Flask makes it, which compiles none a second time."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, bytecode_cache=KEPT, **options)
