"""Issues, a channel that records what it gets, and a small mail server, for tests of notices."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from sync_monitor.model import Severity, Sync
from sync_monitor.notices.message import Item, Message, NoticeFailed
from sync_monitor.notices.sending import Sender
from sync_monitor.records import Entry, NoticeKind
from sync_monitor.verdicts import (
    Cost,
    Issue,
    IssueKind,
    Look,
    Outcome,
    Standing,
    Trigger,
    Verdict,
)
from tests.monitor.building import NOW


def issue(sync: str = "HR.EMPLOYEES", **changes: Any) -> Issue:
    """Return a confirmed issue."""
    known: dict[str, Any] = {
        "kind": IssueKind.ROWS_MISSING,
        "partition": "2026-11-20",
        "severity": Severity.CRITICAL,
        "rows": 16,
        "opened_at": NOW,
        "confirmed_at": NOW,
    }
    return Issue(sync, **{**known, **changes})


def not_measured(sync: str, **changes: Any) -> Issue:
    """Return a confirmed issue of a sync that could not be measured."""
    known = {"kind": IssueKind.NOT_MEASURED, "severity": Severity.UNKNOWN, "rows": 0}
    return issue(sync, partition="", **{**known, **changes})


def keep(store: Store, *issues: Issue, at: datetime = NOW, code: str = "") -> None:
    """Write a look for each issue, as it stands after it."""
    entries: list[Entry] = []
    for each in issues:
        look = Look(
            each.sync,
            at,
            timedelta(seconds=1),
            Trigger.TIMER,
            "",
            "settings",
            Outcome.FAILED,
            Verdict(each.severity),
            None,
            Cost(),
            code,
        )
        entries.append(Entry(look, Standing(each.severity, at, at), issues=(each,)))
    store.write(lambda connection: write_entries(connection, entries))


@dataclass
class Recording:
    """A channel that keeps what it gets, or fails with a word."""

    name: str = "recording"
    fails: str = ""
    messages: list[Message] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def send(self, message: Message) -> None:
        """Keep a message."""
        self.meanwhile()
        if self.fails:
            raise NoticeFailed(self.fails)
        self.messages.append(message)


@dataclass
class Scene:
    """A history, a channel, and a clock that a test moves."""

    store: Store
    syncs: Sequence[Sync] = ()
    channel: Recording = field(default_factory=Recording)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.sender = self.new_sender()

    def new_sender(self) -> Sender:
        """Return a sender that knows nothing, as after a restart."""
        return Sender(self.store, self.channel, self.syncs, clock=lambda: self.now)

    def after(self, **length: float) -> list[Message]:
        """Move the clock, and return what was sent then."""
        self.now += timedelta(**length)
        before = len(self.channel.messages)
        self.sender.step()
        return self.channel.messages[before:]


def message_of(*issues: Issue, kind: NoticeKind = NoticeKind.OPENED, **changes: Any) -> Message:
    """Return a message about some issues."""
    known: dict[str, Any] = {"group": issues[0].sync, "now": NOW, "page_url": "", "ask": ""}
    known.update(changes)
    code, ask = known.pop("code", ""), known.pop("ask")
    items = tuple(Item(each, code, ask) for each in issues)
    return Message(kind, known["group"], items, known["now"], known["page_url"])


class MailHandler(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a mail needs."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, MailStub)
        self.say("220 stub")
        while line := self.rfile.readline():
            verb = line.decode().split(" ")[0].strip().upper()
            if verb == "EHLO":
                self.say("250-stub")
                self.say("250 AUTH PLAIN")
            elif verb == "DATA":
                self.say("354 go on")
                server.mails.append(self.data())
                self.say("250 taken")
            elif verb == "RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
                server.recipients.append(recipient)
                self.say("550 no" if recipient == server.refuses else server.answer)
            elif verb == "QUIT":
                if server.farewell:
                    self.say(server.farewell)
                return
            else:
                self.say("250 ok")

    def data(self) -> str:
        """Return a mail, up to its lone point."""
        lines: list[str] = []
        while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
            lines.append(line)
        return "".join(lines)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailStub(socketserver.ThreadingTCPServer):
    """A mail server on this machine that keeps what it gets."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailHandler)
        self.mails: list[str] = []
        self.recipients: list[str] = []
        self.answer = "250 ok"
        self.refuses = ""
        self.farewell = "221 bye"

    @property
    def port(self) -> int:
        """Return where it listens."""
        return int(self.server_address[1])


@contextmanager
def mail_served() -> Iterator[MailStub]:
    """Serve mail while a test runs."""
    with MailStub() as stub:
        thread = threading.Thread(target=stub.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield stub
        finally:
            stub.shutdown()
            thread.join()
