"""`check` of events: asks MariaDB, the stream and the table, and tries a dry cycle.

It sends and writes nothing, and takes no lock.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

from oracle_cdc.commands.check_parts import Asked, ask
from oracle_cdc.commands.events.dry_cycle import Look, check_cycle
from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationMissing,
    ExitCode,
    worst,
)
from oracle_cdc.events.edges import (
    choose_bounds,
    make_publisher,
    nats_secret,
    open_store,
    row_names,
    store_secret,
)
from oracle_cdc.events.settings import EventsSettings, PublisherSettings
from oracle_cdc.events.wiring import make_grid, make_rules
from oracle_cdc.mariadb.database import Database as MariaDb
from oracle_cdc.mariadb.former_shares import read_former
from oracle_cdc.mariadb.program_standing import read_standing
from oracle_cdc.mariadb.rights import missing_rights
from oracle_cdc.mariadb.tables import find_problems
from oracle_cdc.nats.publisher import NatsPublisher, ask_rights
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.row_checks import check_rows
from oracle_cdc.oracle.row_shape import RowShape
from oracle_cdc.oracle.row_sql import parse_share
from oracle_cdc.relay.values import Facts
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import complain, say, warn


def check_events(settings: EventsSettings, database: Database, has_oracle: bool) -> ExitCode:
    """Ask everything but for the log-in to Oracle, and return the exit code.

    Warnings do not count.
    """
    with closing(open_store(settings, store_secret(settings))) as store:
        stored = ask("MariaDB", lambda: check_store(store, settings))
    secret = nats_secret(settings.nats, settings.given)
    with closing(make_publisher(settings, secret)) as publisher:
        stream = ask("NATS", lambda: check_stream(publisher, settings))
    codes = [stored.code, stream.code]
    if has_oracle:
        codes.append(check_rest(settings, database, stored, stream.found))
    return worst(codes)


def check_rest(
    settings: EventsSettings,
    database: Database,
    stored: Asked[datetime | None],
    facts: Facts | None,
) -> ExitCode:
    """Look at the table, and try a cycle where it is known from where on."""
    table = ask("Event table", lambda: check_table(database, settings))
    if table.found is None:
        return table.code
    if not stored.passed:
        warn("no dry cycle of events: it begins where MariaDB says")
        return ExitCode.DONE
    look = Look(settings, table.found, stored.found, facts)
    return ask("Events cycle", lambda: check_cycle(database, look)).code


def check_store(store: MariaDb, settings: EventsSettings) -> datetime | None:
    """Compare the tables with what is needed, and return where the next cycle begins.

    It is None before the first start. Raises CdcError when a table is not as it must be.
    """
    problems = find_problems(store)
    say("✅ MariaDB connection successful")
    for problem in problems:
        complain(problem.table, problem.what)
    if problems:
        raise CdcError(f"{counted(len(problems), 'problem')} of its tables, see above")
    say("✅ MariaDB tables validated")
    for right in missing_rights(store):
        warn(f"a right is missing in MariaDB: {right}")
    return find_watermark(store, settings.publisher)


def find_watermark(store: MariaDb, settings: PublisherSettings) -> datetime | None:
    """Return where the next cycle begins: where this share had come, or shares of another number.

    What a person should know of it is said.
    """
    share = parse_share(settings.share)
    former = read_former(store, settings.program_name, share.number, share.of)
    if former is not None:
        warn(
            f"PUBLISHER_SHARE is {settings.share}: it goes on from {former.watermark}, where the "
            f"former shares ({former.shares}) had come"
        )
        return former.watermark
    rules = make_rules(settings)
    standing = read_standing(store, rules.program, make_grid(settings), rules.keep)
    if standing is None:
        return None
    if standing.progress.is_paused:
        warn(f"{rules.program} is paused: ETL_PRMREC.STATUS is PAUSED")
    return standing.progress.watermark


def check_stream(publisher: NatsPublisher, settings: EventsSettings) -> Facts | None:
    """Ask the stream about itself, and return what it says, None where it is to be created.

    Raises what keeps it from taking events.
    """
    try:
        facts = publisher.facts()
    except DestinationMissing:
        if not settings.nats.create_stream:
            raise
        check_rights(publisher)
        say("✅ NATS connection successful")
        bounds = choose_bounds(publisher)
        warn(f"stream {publisher.stream}: not there, it will be created: {bounds}")
        return None
    check_rights(publisher)
    say("✅ NATS connection successful")
    for danger in facts.endangered:
        warn(f"NATS: {danger}")
    return facts


def check_rights(publisher: NatsPublisher) -> None:
    """Require the right to publish, as far as it can be known without publishing."""
    subject = publisher.wanted_subject
    rights = ask_rights(publisher)
    if rights is None:
        warn(
            f"NATS: whether this user may publish to {subject} is not known, because the server "
            "does not answer to it on $SYS.REQ.USER.INFO"
        )
        return
    lacking = rights.lacking(subject)
    if lacking:
        raise DestinationConfigurationError(f"this user's right to publish: {lacking}")


def check_table(database: Database, settings: EventsSettings) -> RowShape:
    """Hold the table to what is named of it, and return its columns.

    Raises CdcError when its rows can't be read.
    """
    names = row_names(settings.publisher)
    with database.session() as session:
        shape, findings = check_rows(session, names, settings.publisher.time_zone)
    for mistake in findings.mistakes:
        say(f"❌ {mistake}")
    if shape is None:
        raise CdcError(f"{counted(len(findings.mistakes), 'mistake')}, see above")
    say(f"✅ Event table {names.shown} validated")
    for warning in findings.warnings:
        warn(warning)
    return shape
