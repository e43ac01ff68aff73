"""Read settings from a YAML file: sections of keys, every value the text that is written.

YAML's own kinds are left out, because they destroy values: 012345 would be 5349, yes True.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from oracle_cdc.settings.entries import Collector, Entry, EntryValue
from oracle_cdc.settings.key_paths import KeyPaths, show_path
from oracle_cdc.settings.sources import SECRET, Given, Source, unread
from oracle_cdc.settings.text_file import Unreadable, read_text_file, readable_by_others
from oracle_cdc.settings.yaml_nodes import MAX_DEPTH, MAX_VALUES, compose, too_much

Again = Callable[[str], Given | None]

NOTHING = ("", "~", "null", "Null", "NULL")
SWITCHES = {"true": True, "false": False}
NO_SECTION = "no section; allowed: sections of `key: value`"
PLAIN_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", None)


def read_yaml_file(
    path: Path, keys: KeyPaths, *, shown: str, named_by: Given | None = None
) -> Source:
    """Read the sections and keys of a file.

    Parameters:
        shown: the file's name, as mistakes name it.
        named_by: what named the file, which must be there then.
    """
    collector = Collector(shown, keys)
    try:
        root = compose(read_text_file(path))
        if root is not None:
            Walk(collector, partial(read_yaml_again, path, keys, shown)).enter(root)
    except FileNotFoundError:
        if named_by is None:
            return Source(shown, {})
        return unread(
            shown, f"{named_by.name} in {named_by.place}: {named_by.show()}; there is no such file"
        )
    except Unreadable as error:
        return unread(shown, error.describe(shown))
    return collector.source(secret_in_the_open(path, collector.given))


def read_yaml_again(path: Path, keys: KeyPaths, shown: str, variable: str) -> Given | None:
    """Return what the file gives a variable now, if anything.

    Raises SettingsError when it can't be read.
    """
    return read_yaml_file(path, keys, shown=shown).find(variable)


class Walk:
    """Walks through the nodes of a file, and gives each value to a collector."""

    def __init__(self, collector: Collector, again: Again) -> None:
        self.collector = collector
        self.again = again
        self.values = 0

    def enter(self, root: Node) -> None:
        """Walk through the whole file."""
        if not isinstance(root, MappingNode):
            raise Unreadable(NO_SECTION, line_of(root))
        self.walk(root, (), depth=1)

    def walk(self, mapping: MappingNode, above: tuple[str, ...], depth: int) -> None:
        """Walk through a mapping, which stands under the keys above it."""
        first_lines: dict[str, int] = {}
        for key_node, node in mapping.value:
            line = line_of(key_node)
            self.count(line, depth)
            if not isinstance(key_node, ScalarNode):
                self.refuse("/".join(above), line, "a key that is no text")
                continue
            if key_node.value == "<<":
                self.refuse("/".join(above), line, "<<; allowed: the keys themselves")
                continue
            path = "/".join((*above, key_node.value))
            if path in first_lines:
                self.refuse(path, line, f"a second time; first in line {first_lines[path]}")
            # What stands in a section that is there twice is looked at all the same.
            if isinstance(node, MappingNode):
                self.walk_section(node, path, line, depth)
            elif path not in first_lines:
                self.take(path, node, line)
            first_lines.setdefault(path, line)

    def walk_section(self, mapping: MappingNode, path: str, line: int, depth: int) -> None:
        """Walk through a mapping below a key, unless no key can stand there."""
        keys = self.collector.keys
        if keys.find(path) in keys.dictionaries:
            self.add(path, self.read_dictionary(mapping, path, depth + 1), line)
        elif keys.find(path) is not None or path in keys.needless:
            self.refuse(path, line, "keys below it; allowed: one value")
        elif path not in keys.branches:
            # One line for a section that is not known, not one for each key in it.
            self.refuse(path, line, keys.describe_unknown(path))
        else:
            self.walk(mapping, tuple(path.split("/")), depth + 1)

    def take(self, path: str, node: Node, line: int) -> None:
        """Give a value, or a list of values, to the collector."""
        if node.tag not in PLAIN_TAGS:
            self.refuse(path, line, "a tag (!); allowed: the value alone")
            return
        value: str | tuple[str, ...] | None = text_of(node)
        if isinstance(node, SequenceNode):
            value = self.read_list(node)
            if value is None:
                self.refuse(path, line, "a list of more than plain values")
                return
        self.add(path, value, line)

    def add(self, path: str, value: EntryValue, line: int) -> None:
        """Give a value to the collector."""
        variable = self.collector.keys.find(path) or ""
        self.collector.add(Entry(path, value, self.place(line), partial(self.again, variable)))

    def read_dictionary(self, mapping: MappingNode, path: str, depth: int) -> dict[str, EntryValue]:
        """Return the texts, lists and dictionaries below a key, without those that are unset."""
        found: dict[str, EntryValue] = {}
        for key_node, node in mapping.value:
            line = line_of(key_node)
            self.count(line, depth)
            key = text_of(key_node)
            if key is None or key == "<<" or key in found:
                self.refuse(path, line, "a key below it that is no text, <<, or there twice")
                continue
            value = switch_or_text(node)
            if isinstance(node, MappingNode):
                value = self.read_dictionary(node, path, depth + 1)
            elif isinstance(node, SequenceNode):
                value = self.read_list(node)
                if value is None:
                    self.refuse(path, line, "a list of more than plain values")
            if node.tag not in PLAIN_TAGS:
                self.refuse(path, line, "a tag (!); allowed: the value alone")
            elif value is not None:
                found[key] = value
        return found

    def read_list(self, sequence: SequenceNode) -> tuple[str, ...] | None:
        """Return the texts of a list, or None where something else stands in it."""
        texts = []
        for node in sequence.value:
            self.count(line_of(node), depth=1)
            text = text_of(node)
            if text is None or node.tag not in PLAIN_TAGS:
                return None
            texts.append(text)
        return tuple(texts)

    def count(self, line: int, depth: int) -> None:
        """Count one value more.

        Raises Unreadable when there are too many, or they stand too deep.
        """
        self.values += 1
        if self.values > MAX_VALUES or depth > MAX_DEPTH:
            raise Unreadable(too_much(depth), line)

    def refuse(self, path: str, line: int, why: str) -> None:
        """Note a mistake of a path, or of the file as a whole."""
        what = ""
        if path:
            what = f"{show_path(path)} in "
        self.collector.mistakes.append(f"{what}{self.place(line)}: {why}")

    def place(self, line: int) -> str:
        return f"{self.collector.layer} line {line}"


def text_of(node: Node) -> str | None:
    """Return a scalar's text, and None for what is none or stands for nothing."""
    if not isinstance(node, ScalarNode):
        return None
    is_plain = node.style is None
    if is_plain and node.value in NOTHING:
        return None
    return str(node.value)


def switch_or_text(node: Node) -> EntryValue:
    """Return what a scalar says where no setting knows what kind of value it is."""
    text = text_of(node)
    is_plain = isinstance(node, ScalarNode) and node.style is None
    if text in SWITCHES and is_plain:
        return SWITCHES[text]
    return text


def line_of(node: Node) -> int:
    """Return the line on which a node begins, counted from 1."""
    return int(node.start_mark.line) + 1


def secret_in_the_open(path: Path, given: Mapping[str, Given]) -> list[str]:
    """Return a warning of a file that holds a secret and that everybody may read."""
    for name in given:
        if SECRET.search(name):
            return readable_by_others(path)
    return []
