"""The arguments of `changes`: models, install, uninstall, status, snapshot."""

from __future__ import annotations

import argparse
from pathlib import Path

from oracle_cdc.commands.arguments import Commands, add_yes


def add_changes(commands: Commands) -> None:
    changes = commands.add_parser("changes", help="row changes: what of which tables is captured")
    actions = changes.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_models(actions)
    install = actions.add_parser("install", help="capture tables, or what they have more by now")
    install.add_argument(
        "--table",
        required=True,
        action="append",
        dest="tables",
        metavar="OWNER.TABLE",
        help="which table; may be given more than once",
    )
    add_print(install, "only show the SQL, for the DBA")
    install.add_argument(
        "--strict", action="store_true", help="refuse tables of which changes can go by unseen"
    )
    uninstall = actions.add_parser("uninstall", help="capture a table no longer")
    add_table(uninstall)
    add_print(uninstall, "only show the SQL, for the DBA")
    add_yes(uninstall)
    status = actions.add_parser("status", help="what is captured, and what is wrong with it")
    status.add_argument("--table", metavar="OWNER.TABLE", help="this one (default: all)")
    status.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")
    snapshot = actions.add_parser("snapshot", help="write down the rows that were there before")
    add_table(snapshot)
    snapshot.add_argument(
        "--anew", action="store_true", help="with the first row, also if one was ended early"
    )


def add_models(actions: Commands) -> None:
    models = actions.add_parser("models", help="write the models of tables, to be looked at")
    models.add_argument("--owner", metavar="O", help="of all tables of this schema")
    models.add_argument("--table", metavar="OWNER.TABLE", help="of this table")
    models.add_argument(
        "--keys",
        type=lambda text: tuple(key.strip() for key in text.split(",")),
        default=(),
        metavar="COLUMN,COLUMN",
        help="columns that its rows are known by, if it has no primary key",
    )
    models.add_argument(
        "--out", type=Path, metavar="DIR", help="folder (default: CHANGES_MODELS_DIR)"
    )
    models.add_argument(
        "--page", type=Path, metavar="FILE", help="only write a page of the models there are"
    )


def add_table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", required=True, metavar="OWNER.TABLE", help="which table")


def add_print(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--print", action="store_true", dest="print_only", help=text)
