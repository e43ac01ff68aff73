"""Which fields of which settings a source text reads, found by the types that it writes down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import BaseModel

WORD = re.compile(r"\w+")
#: What reads nothing and has no parts that do: most nodes of a text.
LEAVES = (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.alias)
#: A field, or a property, of a class of settings.
Read = tuple[str, str]
Kinds = dict[str, str]


def classes_of(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return a model and the models that its fields hold, by their names."""
    found = {model.__name__: model}
    for info in model.model_fields.values():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            found[info.annotation.__name__] = info.annotation
    return found


def known_as(each: type[BaseModel]) -> list[str]:
    """Return the names under which code may have a section: its own, and those that it extends."""
    names = []
    for base in each.__mro__:
        if issubclass(base, BaseModel) and base is not BaseModel:
            names.append(base.__name__)
    return names


def with_bases(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return a model, the models that its fields hold, and what they extend, by their names."""
    found: dict[str, type[BaseModel]] = {}
    for each in classes_of(model).values():
        for base in each.__mro__:
            if issubclass(base, BaseModel) and base is not BaseModel:
                found |= classes_of(base)
    return found | classes_of(model)


class Reader(ast.NodeVisitor):
    """Collects what is read of settings in one text.

    A name is followed from its annotation through assignments. An attribute of an object, such as
    self.settings, is followed from the assignment that makes it.
    """

    def __init__(self, classes: Mapping[str, type[BaseModel]], held: Kinds) -> None:
        self.classes = classes
        self.held = held
        self.scopes: list[Kinds] = [{}]
        self.reads: set[Read] = set()

    def kind(self, node: ast.expr) -> str | None:
        """Return the class of settings that an expression is, if it is one."""
        if isinstance(node, ast.Name):
            for scope in reversed(self.scopes):
                if node.id in scope:
                    return scope[node.id]
        if isinstance(node, ast.Attribute):
            owner = self.kind(node.value)
            if owner is None:
                return self.held.get(node.attr)
            info = self.classes[owner].model_fields.get(node.attr)
            name = getattr(info.annotation, "__name__", "") if info else ""
            if name in self.classes:
                return name
        return None

    def annotated(self, annotation: ast.expr | None) -> str | None:
        for name in names_in(annotation) if annotation else ():
            if name in self.classes:
                return name
        return None

    def bind(self, target: ast.expr, kind: str | None) -> None:
        if kind is None:
            return
        if isinstance(target, ast.Name):
            self.scopes[-1][target.id] = kind
        if isinstance(target, ast.Attribute):
            self.held[target.attr] = kind

    def generic_visit(self, node: ast.AST) -> None:
        for child in children_of(node):
            self.visit(child)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        scope: Kinds = {}
        for argument in arguments:
            kind = self.annotated(argument.annotation)
            if kind:
                scope[argument.arg] = kind
        self.scopes.append(scope)
        self.generic_visit(node)
        self.scopes.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        is_settings = node.name in self.classes
        self.scopes.append({})
        if is_settings:
            self.scopes[-1]["self"] = node.name
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and not is_settings:
                kind = self.annotated(statement.annotation)
                if kind and isinstance(statement.target, ast.Name):
                    self.held[statement.target.id] = kind
        self.generic_visit(node)
        self.scopes.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for each, value in zip(target.elts, node.value.elts, strict=False):
                    self.bind(each, self.kind(value))
            else:
                self.bind(target, self.kind(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        self.bind(node.target, self.annotated(node.annotation))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        owner = self.kind(node.value)
        if owner and isinstance(node.ctx, ast.Load):
            self.reads.add((owner, node.attr))


@cache
def parse(text: str) -> ast.Module:
    """Parse a text, once for all tests that ask for what it reads."""
    return ast.parse(text)


@cache
def children_of(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return the children that have something to say, once for all models that are looked for."""
    children = ast.iter_child_nodes(node)
    return tuple(child for child in children if not isinstance(child, LEAVES))


@cache
def names_in(annotation: ast.expr) -> tuple[str, ...]:
    """Return the names of an annotation, in their order."""
    nodes = ast.walk(annotation)
    return tuple(node.id for node in nodes if isinstance(node, ast.Name))


@cache
def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, among them all names of values, attributes and classes."""
    return frozenset(WORD.findall(text))


def reads_of(texts: Iterable[str], model: type[BaseModel]) -> set[Read]:
    """Return what the texts read of a model's classes.

    What self.settings and the like are may stand in any of the texts.
    """
    classes, held = with_bases(model), Kinds()
    given = list(texts)
    visit(given, classes, held)
    return visit(given, classes, held)


def visit(texts: Iterable[str], classes: Mapping[str, type[BaseModel]], held: Kinds) -> set[Read]:
    """Return what is read of classes, and note which attributes hold them."""
    found: set[Read] = set()
    for text in texts:
        # One that names neither has nothing to say, and most texts do not.
        if not words_of(text).isdisjoint({*classes, *held}):
            reader = Reader(classes, held)
            reader.visit(parse(text))
            found |= reader.reads
    return found
