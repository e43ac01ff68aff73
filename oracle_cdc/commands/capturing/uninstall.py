"""`changes uninstall`: a table is captured no longer."""

from __future__ import annotations

import sys
from argparse import Namespace

from oracle_cdc.changes.capture.ddl import drop_log, drop_trigger, drop_triggers
from oracle_cdc.changes.capture.naming import ENDINGS, name_trigger
from oracle_cdc.changes.capture.open_transactions import has_no_writer
from oracle_cdc.changes.capture.registry import Registered, unregister
from oracle_cdc.changes.capture.script import as_script, print_uninstall
from oracle_cdc.changes.capture.survey import Look, read_backlogs, read_survey
from oracle_cdc.changes.command_settings import CapturingSettings
from oracle_cdc.commands.capturing.database import open_oracle
from oracle_cdc.commands.capturing.named_tables import need_registered, parse_place
from oracle_cdc.errors import ExitCode, OracleConfigurationError, OracleRefused
from oracle_cdc.oracle.ddl import WAIT_FOR_WRITERS
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import complain, confirm, say, warn

#: There is no trigger of this name.
NO_TRIGGER = "ORA-04080"


def uninstall(settings: CapturingSettings, options: Namespace) -> ExitCode:
    """Drop the triggers, then what they write into, and return 1 when that is left to another."""
    place = parse_place(options.table)
    with open_oracle(settings) as database, database.session() as session:
        registered = need_registered(session, place)
        if options.print_only:
            sys.stdout.write(print_uninstall(registered.table, registered.source, registered.log))
            return ExitCode.DONE
        (look,) = [each for each in read_survey(session).looks if each.registered.source == place]
        if not confirm(describe(look), options.yes):
            return ExitCode.DONE
        return carry_out(session, look)


def describe(look: Look) -> str:
    """Return what will be lost."""
    source = look.registered.source.shown
    rows = count_known(look)
    if not rows:
        return f"{source} will be captured no longer; all that was captured is shipped"
    return (
        f"{source} will be captured no longer, and {counted(rows, 'row')} of "
        f"{look.registered.log.shown} that were not shipped will be lost"
    )


def count_known(look: Look) -> int:
    """Return how many rows it was said will be lost."""
    if look.backlog is None:
        return 0
    return look.backlog.rows


def carry_out(session: Session, look: Look) -> ExitCode:
    """Drop the triggers first: without their table they would stop the application."""
    registered = look.registered
    if not drop(session, look):
        complain(
            registered.source.shown,
            f"{session.connection.username} may not drop triggers on it; do that first, then run "
            "this again:",
        )
        title = f"As {registered.source.owner}, or as a DBA"
        sys.stdout.write(as_script((title, drop_triggers(registered.source))))
        return ExitCode.FAILED
    if look.logged:
        if reason := find_reason_to_wait(session, look):
            complain(
                registered.log.shown,
                f"{reason}; the triggers are gone, and it stays. Let the service ship what is in "
                "it, then run this again",
            )
            return ExitCode.FAILED
        session.run(WAIT_FOR_WRITERS)
        session.run(drop_log(registered.log))
    forget(session, registered)
    say(f"{registered.source.shown} is captured no longer")
    return ExitCode.DONE


def drop(session: Session, look: Look) -> bool:
    """Drop the triggers, and return whether none is left."""
    registered = look.registered
    others = {each.name for each in look.triggers if not each.writes_into(registered.log)}
    for event in ENDINGS:
        place = name_trigger(registered.source, event)
        if place.name in others:
            warn(f"{place.shown}: it stays: it does not write into {registered.log.shown}")
            continue
        try:
            session.run(drop_trigger(place))
        except OracleConfigurationError:
            return look.sees_triggers and len(look.triggers) == len(others)
        except OracleRefused as error:
            if NO_TRIGGER not in str(error):
                raise
    return True


def find_reason_to_wait(session: Session, look: Look) -> str:
    """Return why a change table must not go, now that no trigger writes into it, "" for nothing.

    Without triggers and without open transactions no row can come any more.
    """
    registered = look.registered
    if not has_no_writer(session, registered.log):
        return "a transaction that writes into it is open"
    rows = read_backlogs(session, [registered])[registered.table].rows
    known = count_known(look)
    if rows <= known:
        return ""
    return f"not shipped: {counted(rows, 'row')}, {known} when that was asked"


def forget(session: Session, registered: Registered) -> None:
    for statement in unregister(registered.log.owner, registered.table):
        session.run(statement)
    session.commit()
