"""What happens to the system while it works: each server is away once, each process killed once."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from oracle_cdc.demo.all.plan import Plan
from oracle_cdc.demo.all.stack import Stack
from oracle_cdc.demo.all.work import Work
from oracle_cdc.demo.changes.dead_letters import Letter
from oracle_cdc.demo.changes.incidents import Incidents as ChangeIncidents
from oracle_cdc.demo.changes.play import cure_letters
from oracle_cdc.demo.changes.transactions import Moment
from oracle_cdc.demo.events.play import cure_rows
from oracle_cdc.demo.outage import Outage
from oracle_cdc.demo.program import Program

#: Rows that are in the stream before the first thing happens.
ROWS_BEFORE = 20
#: Servers whose outages rows wait for, so that some are on their way.
AWAITED = ("NATS", "MariaDB")
#: Between two outages of a long run.
REST_SECONDS = 60.0


class Incidents:
    """Goes on by one step at each look, one thing after the other, and says so."""

    def __init__(self, stack: Stack, work: Work, plan: Plan) -> None:
        self.stack = stack
        self.plan = plan
        self.work = work
        self.of_changes = ChangeIncidents(stack.changes, work.observer)
        self.outages = stack.outages()
        self.letters: list[Letter] = []
        self.is_over = False
        self.steps = self.run()

    def go_on(self) -> None:
        """Do what is next, once it is time for it."""
        next(self.steps, None)

    def run(self) -> Iterator[None]:
        self.of_changes.begin()
        while not self.has_begun():
            yield
        for outage in self.outages:
            if outage.server in AWAITED:
                self.work.row_writers.release()
            yield from self.suffer(outage)
        self.of_changes.split()
        self.work.change_writers.release(Moment.AWAY)
        yield from self.suffer(self.of_changes.outage)
        for program in self.stack.programs:
            self.kill(program)
            yield
        self.work.row_writers.release()
        self.work.change_writers.release(Moment.KILLED)
        if self.plan.is_long:
            self.cure()
            yield from self.suffer_again()
        self.is_over = True

    def cure(self) -> None:
        """Set right what made dead letters and set rows aside, and have them sent."""
        cure_rows(self.stack.events)
        letters = self.stack.changes.letters.read_all().values()
        if letters:
            self.letters += letters
            cure_letters(self.stack.changes)

    def suffer_again(self) -> Iterator[None]:
        """Have each server away again and again, for as long as something is written."""
        while not self.work.is_written:
            for outage in (*self.stack.outages(), self.of_changes.make_outage()):
                yield from self.rest()
                if self.work.is_written:
                    return
                yield from self.suffer(outage)
                self.outages.append(outage)

    def rest(self) -> Iterator[None]:
        """Let everything be for a while."""
        until = monotonic() + REST_SECONDS
        while monotonic() < until and not self.work.is_written:
            yield

    def has_begun(self) -> bool:
        """Return whether each pipeline has brought something to its end."""
        last = self.work.last
        return (
            last.rows.stored >= ROWS_BEFORE
            and last.changes.published > 0
            and last.calls.summarized > 0
        )

    def suffer(self, outage: Outage) -> Iterator[None]:
        """Have a server away, until it is back."""
        outage.begin()
        while not outage.is_over:
            yield
            outage.look()
        yield

    def kill(self, program: Program) -> None:
        program.kill()
        self.stack.say(f"the {program.name} is killed (kill -9), and started again")
        program.start()

    def find_missed(self) -> Iterator[str]:
        """Yield what did not happen as it should have."""
        for outage in (*self.outages, self.of_changes.outage):
            yield from outage.find_missed()
        if not self.is_over:
            yield "not every process was killed"
