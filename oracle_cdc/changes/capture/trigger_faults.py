"""What keeps the triggers of a table from writing its changes down, each with what cures it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oracle_cdc.changes.capture.ddl import IMAGES, create_trigger
from oracle_cdc.changes.capture.model import Capture, Place, TriggerState
from oracle_cdc.changes.capture.naming import name_trigger


@dataclass(frozen=True)
class Fault:
    """What is wrong with a trigger.

    Parameters:
        words: what is wrong, for people.
        stops_application: the application can't change the table meanwhile (ORA-04098). Else its
            changes go by unseen.
        cure: the statement that puts it right.
    """

    trigger: Place
    words: str
    stops_application: bool
    cure: str


def find_faults(capture: Capture, states: Sequence[TriggerState]) -> Iterator[Fault]:
    """Yield what is wrong with the triggers of a table, the worst of each."""
    known = {state.name: state for state in states}
    for event in IMAGES:
        place = name_trigger(capture.source, event)
        text = create_trigger(capture, event)
        state = known.get(place.name)
        if state is None:
            yield Fault(place, "it is missing", False, text)
        elif not state.is_enabled:
            cure = f"ALTER TRIGGER {place.quoted} ENABLE"
            yield Fault(place, "it is disabled", False, cure)
        elif state.is_valid is False:
            yield Fault(place, "it does not compile", True, text)
        elif not state.writes_into(capture.log):
            yield Fault(place, f"it does not write into {capture.log.shown}", False, text)
        elif not is_body_of(text, state.body):
            yield Fault(place, "it was made for other columns", False, text)


def is_body_of(text: str, body: str) -> bool:
    """Return whether a body is that of a trigger's text, as Oracle keeps it."""
    return text.endswith(body.strip()) and body.lstrip().startswith("BEGIN")
