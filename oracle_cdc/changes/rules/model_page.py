"""A page of the models of tables, for people who read events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oracle_cdc.changes.rules.table_models import ModelColumn, Sensitivity, TableModel

HEAD = """# Models

What the tables look like in events: {tables} tables with {columns} columns, generated from the
models by `python cdc_service.py changes models --page docs/models.md`. Not to be edited: a model is
written by `changes models` from Oracle's dictionary, and reviewed by people.

| table | source | known by | columns | personal or secret |
|---|---|---|--:|--:|
"""


def format_page(models: Mapping[str, TableModel]) -> str:
    """Return the page, the same for equal models."""
    known = [models[name] for name in sorted(models)]
    columns = sum(len(model.columns) for model in known)
    text = HEAD.format(tables=len(known), columns=columns)
    for model in known:
        text += f"{summarize(model)}\n"
    for model in known:
        text += f"\n## {model.table}\n\n" + "\n".join(describe(model)) + "\n"
    return text


def summarize(model: TableModel) -> str:
    """Return the line of a table."""
    private = 0
    for column in model.columns.values():
        private += column.sensitivity is not Sensitivity.NONE
    return (
        f"| [{escape(model.table)}](#{model.table}) | {escape(model.source)} | "
        f"{escape(', '.join(model.keys))} | {len(model.columns)} | {private} |"
    )


def describe(model: TableModel) -> Iterator[str]:
    """Yield the lines of a table's columns."""
    yield "| field | type in Oracle | in JSON | may be null | sensitivity | what it is |"
    yield "|---|---|---|---|---|---|"
    for column in model.columns.values():
        yield describe_column(column, is_key=column.name in model.keys)


def describe_column(column: ModelColumn, *, is_key: bool) -> str:
    name = f"`{column.name}`"
    if is_key:
        name = f"**{name}**"
    may_be_null = ("no", "yes")[column.is_nullable]
    return (
        f"| {escape(name)} | {escape(column.oracle_type)} | {column.json_type.value} | "
        f"{may_be_null} | {column.sensitivity.value} | {escape(column.comment or '')} |"
    )


def escape(text: str) -> str:
    """Return a text that ends no cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
