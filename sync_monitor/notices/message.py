"""What one message says: of which issues, and how bad they are. No value of a row is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from oracle_cdc.errors import CdcError
from sync_monitor.model import Severity, worst
from sync_monitor.records import NoticeKind
from sync_monitor.verdicts import Issue

#: Group of all syncs that Oracle can't be asked about.
ORACLE_DOWN = "Oracle is down"
#: Group of a message in which are too many groups for one each.
STORM = "many syncs"


@dataclass(frozen=True)
class Item:
    """One issue, with who is asked about it.

    Parameters:
        error_code: of a look that failed.
        ask: who can grant what is missing, or who owns the data. Empty: nobody is named.
        is_left: it ended because its partition left the window, and nobody saw it healed.
    """

    issue: Issue
    error_code: str = ""
    ask: str = ""
    is_left: bool = False


@dataclass(frozen=True)
class Message:
    """One message to one channel.

    Parameters:
        group: what the issues have in common: a loader, a sync, ORACLE_DOWN, STORM.
        items: the worst first.
        page_url: of the monitor's page, empty where nobody said under which it is reached.
    """

    kind: NoticeKind
    group: str
    items: tuple[Item, ...]
    now: datetime
    page_url: str = ""

    @property
    def severity(self) -> Severity:
        """Return the worst of its issues."""
        return worst(tuple(item.issue.severity for item in self.items))

    @property
    def syncs(self) -> tuple[str, ...]:
        """Return the names of its syncs, each once."""
        return tuple(dict.fromkeys(item.issue.sync for item in self.items))


class NoticeFailed(CdcError):
    """A channel did not take a message. `word` says why, without what a server answered."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Channel(Protocol):
    """Where messages go."""

    @property
    def name(self) -> str:
        """Return the name by which notices of it are kept."""

    def send(self, message: Message) -> None:
        """Send a message once. Raises NoticeFailed."""
