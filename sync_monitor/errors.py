"""What of the monitor's own work can fail, by what the caller can do."""

from __future__ import annotations

from oracle_cdc.errors import CdcError, ExitCode, StoreUnavailable


class HistoryUnavailable(StoreUnavailable):
    """The history takes nothing now: a full disk, a file system that fails."""


class HistoryDamaged(HistoryUnavailable):
    """The history's file is no database any more: it is moved aside and begun anew."""


class NotComparable(CdcError):
    """A table can't be compared row by row: no key, or no column whose text both sides know."""


class SideUnusable(CdcError):
    """A table on either side can't be measured. `state_code` is what the history keeps of it."""

    def __init__(self, state_code: str, text: str) -> None:
        super().__init__(f"{state_code} at {text}")
        self.state_code = state_code
        self.text = text


class SourceUnusable(SideUnusable):
    """Oracle answers, but what the sync names is not there, or not for this user."""

    area = "oracle"
    exit_code = ExitCode.ORACLE


class LakeUnusable(SideUnusable):
    """The lake does not answer, or what lies there can't be read."""

    code = "TRANSIENT"
    area = "store"
    exit_code = ExitCode.STORE
    is_retryable = True


class LookHangs(SideUnusable):
    """A look does not come back: what it waits for ignores its deadline."""

    is_retryable = True


class TriageUnavailable(CdcError):
    """A model can't be asked here at all, so the rules answer alone."""


def code_of(error: CdcError) -> str:
    """Return the code of an error: ORA-01031, LAKE-ABSENT, or the class. Never its text."""
    if isinstance(error, SideUnusable):
        return error.state_code
    detail = getattr(error.__cause__, "args", None) or (None,)
    return str(getattr(detail[0], "full_code", "") or type(error).__name__)
