"""What is measured of one function or class: length, depth, parameters, annotations, docstring."""

from __future__ import annotations

import ast

from tests.reading.sources import Function

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
#: What may have statements in it.
BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)
DEEPENING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def length(node: Definition) -> int:
    """Count a definition's lines, from its own line to its last, without decorators."""
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def depth(node: ast.AST) -> int:
    """Return how deep blocks are nested in a function, without functions defined in it."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition) or not isinstance(child, BLOCKS):
            continue
        below = depth(child)
        if isinstance(child, DEEPENING) and not is_elif(child, node):
            below += 1
        deepest = max(deepest, below)
    return deepest


def is_elif(child: ast.AST, parent: ast.AST) -> bool:
    """Return whether an `if` only continues its parent's chain."""
    return isinstance(parent, ast.If) and isinstance(child, ast.If) and parent.orelse == [child]


def positional(node: Function) -> int:
    """Count the parameters that may be given by position, without self and cls."""
    names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    if names and names[0] in ("self", "cls"):
        names = names[1:]
    return len(names)


def is_typed(node: Function) -> bool:
    """Return whether every parameter and the result are annotated."""
    arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    for argument in (node.args.vararg, node.args.kwarg):
        if argument is not None:
            arguments.append(argument)
    for argument in arguments:
        if argument.annotation is None and argument.arg not in ("self", "cls"):
            return False
    return node.returns is not None or node.name == "__init__"


def is_public(node: Function) -> bool:
    """Return whether others may call a function by its name."""
    return not node.name.startswith("_")
