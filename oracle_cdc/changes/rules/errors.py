"""Why one row change can't go on as it is, by the code that its dead letter has."""

from __future__ import annotations

from typing import ClassVar

from oracle_cdc.errors import EventRefused


class ChangeRefused(EventRefused):
    """This one change can't go on as it is: it is set aside, and the next one goes on."""

    #: Of the dead letter.
    reason_code: ClassVar[str]


class ParseError(ChangeRefused):
    """A record of the stream is no row change: it is not tried again."""

    reason_code = "PARSE_ERROR"


class InvalidChange(ChangeRefused):
    """It is of no declared table, column or key, or too large: it is not tried again."""

    reason_code = "VALIDATION_ERROR"


class TransformationFailed(ChangeRefused):
    """It could not be selected from or redacted, so it must not leave: it is tried again."""

    reason_code = "TRANSFORMATION_ERROR"


class BusRefused(ChangeRefused):
    """The bus refused this one event: it is tried again."""

    reason_code = "EVENTBRIDGE_ERROR"
