"""What every destination does, as tests that each one's own test class inherits."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import Protocol

import pytest

from oracle_cdc.errors import DestinationUnavailable, EventRefused
from oracle_cdc.relay.seams import Destination
from oracle_cdc.relay.values import Event, Outcome


class Site(Protocol):
    """A destination of one kind, and what its tests do to what stands behind it."""

    #: Waits long for answers that will come.
    destination: Destination
    #: Of the same place, and gives up soon.
    hasty: Destination

    def event(self, number: int, body_bytes: int = 2) -> Event:
        """Return an event with this number in its id."""
        ...

    def kept_ids(self) -> list[str]:
        """Return the ids of what is kept, in their order."""
        ...

    def losing_answers(self) -> AbstractContextManager[None]:
        """Carry out what is sent, and lose the answers, until the block ends."""
        ...

    def out_of_reach(self) -> AbstractContextManager[None]:
        """Let nobody connect until the block ends."""
        ...


class DestinationContract:
    """Inherited by a class with a fixture `site`."""

    def test_sending_nothing_asks_nobody(self, site: Site) -> None:
        with site.out_of_reach():
            assert list(site.destination.send([])) == []

    def test_each_event_gets_one_outcome_in_its_order(self, site: Site) -> None:
        events = numbered(site, 20)
        outcomes = site.destination.send(events)
        assert [outcome.event for outcome in outcomes] == events
        assert all(is_accepted(outcome) for outcome in outcomes)
        assert len({outcome.receipt for outcome in outcomes}) == 20
        assert site.kept_ids() == [event.id for event in events]

    def test_an_event_that_is_refused_is_refused_alone(self, site: Site) -> None:
        too_large = site.event(1, site.destination.facts().max_event_bytes + 1)
        before, refused, after = site.destination.send([site.event(0), too_large, site.event(2)])
        assert is_accepted(before)
        assert is_accepted(after)
        assert isinstance(refused.error, EventRefused)
        assert refused.receipt is None
        assert not refused.is_unknown
        assert site.kept_ids() == [before.event.id, after.event.id]

    def test_a_repeat_is_accepted_and_kept_once(self, site: Site) -> None:
        (first,) = site.destination.send([site.event(1)])
        again, other = site.destination.send([site.event(1), site.event(2)])
        assert not first.is_repeat
        assert again.is_repeat
        assert again.receipt == first.receipt
        assert not other.is_repeat
        assert site.kept_ids() == [first.event.id, other.event.id]

    def test_the_same_event_twice_in_one_batch_is_kept_once(self, site: Site) -> None:
        first, again = site.destination.send([site.event(1), site.event(1)])
        assert (first.is_repeat, again.is_repeat) == (False, True)
        assert site.kept_ids() == [first.event.id]

    def test_without_an_answer_an_event_is_unknown_and_sent_again_it_is_a_repeat(
        self, site: Site
    ) -> None:
        events = numbered(site, 3)
        site.hasty.send([site.event(100)])
        with site.losing_answers():
            outcomes = site.hasty.send(events)
        assert [outcome.event for outcome in outcomes] == events
        for outcome in outcomes:
            assert outcome.is_unknown
            assert outcome.receipt is None
            assert isinstance(outcome.error, DestinationUnavailable)

        again = site.destination.send(events)

        assert all(outcome.is_repeat for outcome in again)
        assert len(site.kept_ids()) == 4

    def test_it_raises_only_when_nothing_was_sent(self, site: Site) -> None:
        with site.out_of_reach():
            with pytest.raises(DestinationUnavailable):
                site.destination.send([site.event(1)])
            assert site.kept_ids() == []
        (outcome,) = site.destination.send([site.event(1)])
        assert is_accepted(outcome)
        assert not outcome.is_repeat

    def test_a_connection_lost_while_idle_costs_one_send_at_most(self, site: Site) -> None:
        site.destination.send([site.event(1)])
        with site.out_of_reach():
            pass
        (first,) = site.destination.send([site.event(2)])
        (again,) = site.destination.send([site.event(2)])
        # Whether the loss is noticed before the message leaves is a matter of chance.
        waits = first.is_unknown or isinstance(first.error, DestinationUnavailable)
        assert is_accepted(first) or waits
        assert is_accepted(again)
        assert site.kept_ids() == ["id-1", "id-2"]

    def test_a_close_in_between_ends_the_wait_for_answers(self, site: Site) -> None:
        site.destination.send([site.event(0)])
        found: list[Outcome] = []
        events = numbered(site, 5)

        def send() -> None:
            found.extend(site.destination.send(events))

        with site.losing_answers():
            sender = threading.Thread(target=send)
            sender.start()
            wait_for_ids(site, 6)
            site.destination.close()
            sender.join()
        assert [outcome.event for outcome in found] == events
        assert all(outcome.is_unknown for outcome in found)

    def test_a_closed_one_sends_nothing(self, site: Site) -> None:
        site.destination.close()
        site.destination.close()
        with pytest.raises(DestinationUnavailable):
            site.destination.send([site.event(1)])
        assert site.kept_ids() == []

    def test_it_says_its_largest_event_and_how_long_it_knows_ids(self, site: Site) -> None:
        facts = site.destination.facts()
        assert facts.max_event_bytes > 1000
        assert facts.repeats_known_seconds > 0


def numbered(site: Site, count: int) -> list[Event]:
    events = []
    for number in range(1, count + 1):
        events.append(site.event(number))
    return events


def is_accepted(outcome: Outcome) -> bool:
    """Return whether an outcome says that the event is kept, and nothing against it."""
    return outcome.receipt is not None and outcome.error is None and not outcome.is_unknown


def wait_for_ids(site: Site, count: int) -> None:
    """Wait until a number of events are kept. The time-out of the test ends it otherwise."""
    pause = threading.Event()
    while len(site.kept_ids()) < count:
        pause.wait(0.01)
