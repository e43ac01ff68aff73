"""Turn the text of a YAML file into nodes, each with its line, within bounds.

Nothing of the text is ever quoted in a mistake: it may be a secret.
"""

from __future__ import annotations

from typing import Any

import yaml
from yaml.nodes import Node, ScalarNode

from oracle_cdc.settings.text_file import Unreadable

#: Values and sections, each as often as an alias repeats it.
MAX_VALUES = 10_000
MAX_DEPTH = 8

NOT_UNDERSTOOD = "not understood"
ANCHOR = "a value that begins with & is an anchor; put it in quotes"
UNCLOSED = "found unexpected end of stream"

#: What PyYAML says, as far as it quotes nothing of the file, and what to do.
HINTS = {
    "found character '\\t' that cannot start any token": "a tab; indent with blanks",
    "found character '@' that cannot start any token": "a value that begins with @ needs quotes",
    "found character '`' that cannot start any token": "a value that begins with ` needs quotes",
    "found character '%' that cannot start any token": "a value that begins with % needs quotes",
    UNCLOSED: "a quote that is not closed",
    "found undefined alias": "a value that begins with * is an alias; put it in quotes",
    "mapping values are not allowed here": "a second `: ` in a line; put the value in quotes",
    "could not find expected ':'": "a line without `key: value`",
    "found unknown escape character": "a \\ in double quotes; use single ones",
    "expected a single document in the stream": "a second document (---)",
    "expected <block end>": "an indentation that fits no line above",
}


class BoundedLoader(yaml.BaseLoader):
    """Builds the nodes of a file, but no more of them and no deeper than settings need."""

    nodes = 0
    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Build one node and all below it. Raises Unreadable where they are too many."""
        self.nodes += 1
        self.depth += 1
        # Each value has a key beside it.
        if self.nodes > 2 * MAX_VALUES or self.depth > MAX_DEPTH:
            raise Unreadable(too_much(self.depth), self.next_line())
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    # The stubs have another type for the anchor's name.
    def compose_scalar_node(self, anchor: Any) -> ScalarNode:
        """Build a scalar. Raises Unreadable where it is nothing but an anchor."""
        line = self.next_line()
        node = super().compose_scalar_node(anchor)
        if anchor is not None and not node.value:
            raise Unreadable(f"{NOT_UNDERSTOOD}; {ANCHOR}", line)
        return node

    def next_line(self) -> int:
        """Return the line of what is built next."""
        return int(self.peek_event().start_mark.line) + 1  # type: ignore[no-untyped-call]


def too_much(depth: int) -> str:
    """Say which bound was passed."""
    if depth > MAX_DEPTH:
        return f"nested in itself or deeper than {MAX_DEPTH} levels"
    return f"more than {MAX_VALUES} values, as often as aliases repeat them"


def compose(text: str) -> Node | None:
    """Return the root of a file's nodes, or None where nothing stands in it.

    Raises Unreadable where it is no YAML. What stands there is not quoted: it may be a secret.
    """
    loader = None
    line = 1
    try:
        loader = BoundedLoader(text)
        return loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise Unreadable("a character that YAML does not have", line) from None
    except yaml.MarkedYAMLError as error:
        raise explain(error) from None
    except (ValueError, OverflowError):
        # PyYAML lets Python's own errors out: of \UFFFFFFFF, and of a version of 5,000 digits.
        if loader is not None:
            line = loader.line + 1
        raise Unreadable(f"{NOT_UNDERSTOOD}; a \\ or % with too great a number", line) from None
    finally:
        if loader is not None:
            loader.dispose()


def explain(error: yaml.MarkedYAMLError) -> Unreadable:
    """Return the line that PyYAML stumbles over, and what is most likely wrong there."""
    said = (error.problem or "", error.context or "")
    mark = error.problem_mark or error.context_mark
    if said[0] == UNCLOSED:
        # The end of the file says nothing. The quote began earlier.
        mark = error.context_mark
    line = None
    if mark is not None:
        line = mark.line + 1
    for beginning, hint in HINTS.items():
        if said[0].startswith(beginning) or said[1].startswith(beginning):
            return Unreadable(f"{NOT_UNDERSTOOD}; {hint}", line)
    return Unreadable(f"{NOT_UNDERSTOOD}; allowed: sections of `key: value`", line)
