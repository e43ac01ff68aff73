"""`status` of events, from Oracle and MariaDB alone: no lock is taken, nothing is written.

The rows of each slice from PUBLISHER_RECONCILE_HOURS behind the watermark on are counted, 400
slices a statement: 24 hours of 10 seconds each are 22 statements, which the index on the time
serves, and two more ask for the clock and for the rows that wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from oracle_cdc.commands.status_report import Part, in_words, seconds_in_words
from oracle_cdc.errors import CdcError, ExitCode, worst
from oracle_cdc.events.edges import open_oracle, open_store, read_shape, store_secret
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.events.wiring import make_grid, make_rules, make_source
from oracle_cdc.mariadb.program_standing import (
    Standing,
    count_aside,
    count_discarded,
    read_standing,
)
from oracle_cdc.oracle.login import password_of
from oracle_cdc.relay.balance import Balance, Known, first_time, weigh
from oracle_cdc.relay.slices import FIRST
from oracle_cdc.relay.values import Slice
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import Line, Report, time_text, utc_text

#: What only both databases together say, and what MariaDB says.
FIGURES = (
    *("source", "published", "missing", "setAside", "discarded", "waiting"),
    *("stretches", "stretchesInAll"),
)
OF_STANDING = ("status", "paused", "error", "lastRunAt", "records", "setAsideInAll")
#: As many stretches that miss rows are listed.
MOST_STRETCHES = 20
FAILED = "FAILED"


@dataclass
class Found:
    """What was found out, as far as everything answered.

    Parameters:
        errors: of what did not answer.
        since: from where on rows are accounted for.
        aside: rows set aside from there on, by their slices.
        discarded: rows that a person gave up, likewise.
        now: of Oracle.
    """

    errors: list[CdcError] = field(default_factory=list)
    standing: Standing | None = None
    since: datetime | None = None
    aside: Mapping[datetime, int] = field(default_factory=dict)
    discarded: Mapping[datetime, int] = field(default_factory=dict)
    now: datetime | None = None
    balance: Balance | None = None

    @property
    def watermark(self) -> datetime | None:
        if self.standing is None:
            return None
        return self.standing.progress.watermark

    @property
    def came_to(self) -> datetime | None:
        """Return the watermark, None while it stands before all rows: nothing was read yet."""
        if self.watermark is None or self.watermark <= FIRST:
            return None
        return self.watermark

    @property
    def lag_seconds(self) -> float | None:
        """Return how far the watermark is behind Oracle's clock."""
        if self.now is None or self.came_to is None:
            return None
        return round((self.now - self.came_to).total_seconds(), 3)


def report_events(settings: EventsSettings) -> Part:
    """Return the report, with the exit code 0, or that of what can't be asked.

    What it would have said shows as null, with the reason, and events as not ready.
    """
    found = Found()
    for ask in (ask_store, ask_oracle):
        try:
            ask(settings, found)
        except CdcError as error:
            found.errors.append(error)
    codes = [error.exit_code for error in found.errors]
    reasons = [str(error) for error in found.errors]
    if ExitCode.STORE not in codes:
        reasons += find_reasons(found.standing, settings.ready_limit_seconds)
    below = make_report(found, make_rules(settings.publisher).program)
    # What the last run failed with is often what fails now.
    return Part(list(dict.fromkeys(reasons)), {}, below, list(lines_of(below)), worst(codes))


def ask_store(settings: EventsSettings, found: Found) -> None:
    """Ask MariaDB how the program stands, and what it set aside."""
    rules, grid = make_rules(settings.publisher), make_grid(settings.publisher)
    with closing(open_store(settings, store_secret(settings))) as store:
        found.standing = read_standing(store, rules.program, grid, rules.keep)
        if found.standing is None or found.watermark is None:
            return
        found.since = first_time(found.standing.progress, grid, rules.keep)
        if found.since is not None:
            stretch = Slice(found.since, found.watermark)
            found.aside = count_aside(store, rules.program, grid, stretch)
            found.discarded = count_discarded(store, rules.program, grid, stretch)


def ask_oracle(settings: EventsSettings, found: Found) -> None:
    """Ask Oracle for its clock, and how many rows the slices have that MariaDB knows of."""
    password = password_of(settings.oracle, settings.given)
    with closing(open_oracle(settings, password)) as database:
        shape = read_shape(database, settings.publisher)
        source = make_source(settings.publisher, database, shape)
        found.now = source.look(()).now
        if found.standing is None or found.watermark is None or found.since is None:
            return
        grid = make_grid(settings.publisher)
        slices = list(grid.cut(found.since, found.watermark))
        counts = source.look(slices).counts
        # A watermark that is ahead of the clock leaves nothing that waits.
        (waiting,) = source.look([Slice(found.watermark, max(found.now, found.watermark))]).counts
        known = Known(grid, found.standing.progress.tallies, found.aside, found.discarded)
        found.balance = weigh(slices, counts, known, waiting=waiting)


def find_reasons(standing: Standing | None, limit_seconds: float) -> list[str]:
    """Return why events are not ready, as ETL_PRMREC shows it."""
    if standing is None or standing.ran_seconds_ago is None:
        return ["events never ran: python cdc_service.py run"]
    if standing.ran_seconds_ago > limit_seconds:
        return [
            f"no copy has worked for {standing.ran_seconds_ago:.0f} s: "
            "see systemctl status, cdc_errors.log"
        ]
    if (standing.status or "").upper() == FAILED:
        return [standing.error or "the last run failed, see cdc_errors.log"]
    return []


def make_report(found: Found, program: str) -> Report:
    """Return what stands below the pipeline's name."""
    report: Report = dict.fromkeys(FIGURES)
    if found.balance is not None:
        report |= weighed(found.balance)
    report |= {
        "watermark": time_text(found.came_to),
        "lagSeconds": found.lag_seconds,
        "since": time_text(found.since),
        "program": program,
    }
    standing = found.standing
    if standing is None:
        return report | dict.fromkeys(OF_STANDING)
    return report | {
        "status": standing.status,
        "paused": standing.progress.is_paused,
        "error": standing.error,
        "lastRunAt": utc_text(standing.ran_at),
        "records": standing.progress.records,
        "setAsideInAll": standing.aside,
    }


def weighed(balance: Balance) -> Report:
    """Return the figures of a balance as the report names them."""
    stretches: list[Report] = []
    for short in balance.short[:MOST_STRETCHES]:
        stretches.append(
            {
                "from": time_text(short.stretch.begin),
                "to": time_text(short.stretch.end),
                "source": short.source,
                "handled": short.handled,
            }
        )
    return {
        "source": balance.source,
        "published": balance.published,
        "missing": balance.missing,
        "setAside": balance.aside,
        "discarded": balance.discarded,
        "waiting": balance.waiting,
        "stretches": stretches,
        "stretchesInAll": len(balance.short),
    }


def lines_of(report: Report) -> Iterator[Line]:
    """Yield what stands left and right in each line."""
    yield "events program", report["program"]
    yield "events status", status_in_words(report)
    if report["paused"]:
        yield "paused", f"{report['program']}: ETL_PRMREC.STATUS is PAUSED"
    yield "events watermark", report["watermark"] or "none yet"
    yield "events behind the clock", seconds_in_words(report["lagSeconds"])
    yield "events since", report["since"] or "not known"
    yield "rows in the source", in_words(report["source"], "since then")
    yield "rows published", in_words(report["published"], "of them")
    yield "rows set aside", aside_in_words(report)
    if report["discarded"]:
        yield "rows discarded", in_words(report["discarded"], "of them")
    yield "rows missing", missing_in_words(report)
    for stretch in report["stretches"] or ():
        name = f"missing from {stretch['from']}"
        source = counted(stretch["source"], "row")
        yield name, f"to {stretch['to']}: {source}, {stretch['handled']} handled"
    more = (report["stretchesInAll"] or 0) - MOST_STRETCHES
    if more > 0:
        yield "", f"stretches that are not listed: {more}"


def status_in_words(report: Report) -> str:
    """Return how the last run went, in a line."""
    if report["status"] is None:
        return "not known"
    text = str(report["status"])
    if report["lastRunAt"]:
        text += f", last run {report['lastRunAt']}"
    if report["error"]:
        text += f": {report['error']}"
    return text


def aside_in_words(report: Report) -> str:
    """Return how many rows are set aside since then, and in all."""
    if report["setAsideInAll"] is None:
        return "not known"
    if report["setAsideInAll"] == 0:
        return "0"
    return f"{in_words(report['setAside'], 'of them')}, {report['setAsideInAll']} in all"


def missing_in_words(report: Report) -> str:
    """Return how many rows are missing, and how many of those the watermark did not reach."""
    text = in_words(report["missing"], "of them")
    if report["waiting"]:
        text += f", {report['waiting']} of which wait behind the watermark"
    return text
