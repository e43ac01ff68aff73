"""`changes install`: a table is captured, or what it has more by now is captured too."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from oracle_cdc.changes.capture.choosing import choose
from oracle_cdc.changes.capture.ddl import drop_trigger
from oracle_cdc.changes.capture.describing import as_source
from oracle_cdc.changes.capture.dictionary import read_columns, read_source, read_triggers
from oracle_cdc.changes.capture.install_statements import Installation
from oracle_cdc.changes.capture.installing import Wanted, install_own, install_triggers, plan
from oracle_cdc.changes.capture.model import Place, SourceTable
from oracle_cdc.changes.capture.script import print_install, print_triggers
from oracle_cdc.changes.capture.trigger_faults import find_faults
from oracle_cdc.changes.capture.widening import find_widest, is_lob
from oracle_cdc.changes.command_settings import CapturingSettings, OfflineSettings
from oracle_cdc.changes.rules import heartbeat_table
from oracle_cdc.changes.rules.table_models import TableModel
from oracle_cdc.changes.rules.transformers import Lobs, Transformer, find_name, read_transformers
from oracle_cdc.commands.capturing.database import open_oracle
from oracle_cdc.commands.capturing.named_tables import need_model, parse_place
from oracle_cdc.errors import ExitCode, OracleConfigurationError, SettingsError, worst
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.terminal import complain, say, warn


def print_offline(settings: OfflineSettings, options: Namespace) -> ExitCode:
    """Print the script of a first installation, made from the models alone."""
    for table in options.tables:
        place = parse_place(table)
        model = need_model(settings.changes.models_dir, place)
        transformer = need_transformer(settings.table_transformers, model)
        source = as_source(model)
        refuse_lobs(source, model, transformer, is_strict=options.strict)
        capture = choose(
            source,
            settings.user.upper(),
            included_columns(model, transformer, source),
            lobs=transformer.lobs is Lobs.AFTER,
        )
        installation = Installation(model.table, capture, transformer.include_fields is None)
        sys.stdout.write(print_install(installation))
    return ExitCode.DONE


def install(settings: CapturingSettings, options: Namespace) -> ExitCode:
    """Install as far as this user may, and return 1 when the triggers are left to another."""
    codes = [ExitCode.DONE]
    with open_oracle(settings) as database, database.session() as session:
        for table in options.tables:
            installation = prepare(session, settings, parse_place(table), options)
            if options.print_only:
                sys.stdout.write(print_install(installation))
            else:
                codes.append(carry_out(session, installation))
    return worst(codes)


def prepare(
    session: Session, settings: CapturingSettings, place: Place, options: Namespace
) -> Installation:
    """Return what is to be done for a table. Raises SettingsError for one that can't be."""
    model = need_model(settings.changes.models_dir, place)
    transformer = need_transformer(settings.table_transformers, model)
    source, is_seen = find_source(session, place, model, settings.changes.models_dir)
    refuse_lobs(source, model, transformer, is_strict=options.strict)
    wanted = Wanted(
        model.table,
        source,
        included_columns(model, transformer, source),
        transformer.lobs is Lobs.AFTER,
        has_all_columns=transformer.include_fields is None,
        is_seen=is_seen,
    )
    return plan(session, wanted)


def need_transformer(document: object, model: TableModel) -> Transformer:
    """Return what is published of a table. Raises SettingsError where nothing is."""
    if model.table == heartbeat_table.TABLE:
        return heartbeat_table.TRANSFORMER
    content = None
    if isinstance(document, dict):
        given = [name for name in document if find_name(str(name), {model.table: None})]
        if given:
            content = {given[0]: document[given[0]]}
    if content is None:
        raise SettingsError(
            f"TABLE_TRANSFORMERS has no {model.table}: nothing of it would be published"
        )
    return read_transformers(content, {model.table: model}, has_hmac_key=True)[model.table]


def find_source(
    session: Session, place: Place, model: TableModel, folder: Path
) -> tuple[SourceTable, bool]:
    """Return a table as Oracle has it, or as its model does where this user does not see it."""
    described = as_source(model)
    if not read_columns(session, place):
        warn(
            f"{place.shown}: this user does not see it; its columns and its key are taken from "
            f"its model in {folder}. To have them asked for: GRANT SELECT ON {place.quoted}"
        )
        return described, False
    source = read_source(session, place)
    if set(source.keys) != set(described.keys):
        warn(
            f"{place.shown}: its rows are known by {', '.join(described.keys)}, as its model says; "
            "nothing in Oracle is asked whether no two rows have the same"
        )
        source = read_source(session, place, described.keys)
    declared = {column.name for column in described.columns}
    strangers = []
    for column in source.columns:
        if column.name not in declared and find_widest(column) is not None:
            strangers.append(column.name)
    if strangers:
        warn(
            f"{place.shown}: not in its model, so not captured: {', '.join(strangers)}; "
            f"`changes models --table {place.typed}` adds them"
        )
    return source, True


def included_columns(
    model: TableModel, transformer: Transformer, source: SourceTable
) -> Sequence[str]:
    """Return the columns that are published, of those that are there."""
    there = {column.name for column in source.columns}
    names = [model.columns[field].column for field in transformer.fields_of(model)]
    return [name for name in names if name in there]


def refuse_lobs(
    source: SourceTable, model: TableModel, transformer: Transformer, *, is_strict: bool
) -> None:
    """Raise SettingsError for large objects where it must be strict: DBMS_LOB fires no trigger."""
    included = included_columns(model, transformer, source)
    lobs = [column.name for column in source.columns if is_lob(column) and column.name in included]
    if lobs and is_strict:
        raise SettingsError(
            f"{source.place.shown}: what DBMS_LOB writes into {', '.join(lobs)} is not captured; "
            "allowed with --strict: includeFields without them"
        )


def carry_out(session: Session, installation: Installation) -> ExitCode:
    """Install part after part, and say what is left to do."""
    capture = installation.capture
    source, log = capture.source.shown, capture.log.shown
    for column, reason in capture.left_out.items():
        warn(f"{source}: column {column} is not captured: {reason}")
    # What can't be made is refused before anything is.
    triggers = list(installation.triggers())
    install_own(session, installation)
    say(f"{log} takes the changes of {source}")
    is_made = install_triggers(session, triggers)
    faults = list(find_faults(capture, read_triggers(session, capture.source)))
    if faults and not is_made:
        complain(
            source,
            f"{session.connection.username} may not make triggers on it; this is left to do:",
        )
        sys.stdout.write(print_triggers(capture))
        return ExitCode.FAILED
    for fault in faults:
        complain(fault.trigger.shown, fault.words)
        if is_made and fault.stops_application:
            take_back(session, fault.trigger)
    if faults:
        return ExitCode.FAILED
    for statement in installation.afterwards():
        session.run(statement)
    if is_made:
        say(f"the triggers on {source} are made: coverage begins now")
    else:
        say(f"the triggers on {source} are there, and as they should be")
    say(
        "the rows that are there already: python cdc_service.py changes snapshot "
        f"--table {capture.source.typed}"
    )
    return ExitCode.DONE


def take_back(session: Session, trigger: Place) -> None:
    """Drop a trigger that was made and does not compile: it would stop the application."""
    statement = drop_trigger(trigger)
    try:
        session.run(statement)
    except OracleConfigurationError:
        complain(
            trigger.shown,
            f"the application gets ORA-04098, and {session.connection.username} may not drop it; "
            f"as its owner or a DBA, at once: {statement}",
        )
        return
    warn(f"{trigger.shown}: dropped again, since the application would get ORA-04098")
