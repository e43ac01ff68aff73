"""A statement from its submission to its last page, as the protocol has it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from trinolite.refusals import Refused
from trinolite.statements import Outcome, Statement
from trinolite.types import signature, written_row

Document = dict[str, object]
#: How long an answer waits for a statement to end before it says that it runs.
PATIENCE_SECONDS = 0.5


@dataclass
class Query:
    """One statement.

    Parameters:
        slug: the secret part of its addresses.
        page_rows: of one answer.
    """

    number: str
    slug: str
    base: str
    sql: str
    statement: Statement
    page_rows: int
    outcome: Outcome | None = None
    refused: Refused | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    is_cancelled: bool = False

    def run(self) -> None:
        """Carry the statement out, in a thread of its own."""
        try:
            self.outcome = self.statement.run(self.sql)
        except Refused as refused:
            self.refused = refused
        except Exception as error:
            # A bug of this stand-in must not look like a statement that runs for ever.
            self.refused = Refused("GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {error}")
        finally:
            self.ended.set()

    def cancel(self) -> None:
        """Interrupt it."""
        self.is_cancelled = True
        self.statement.connection.interrupt()
        self.refused = Refused("USER_CANCELED", "Query was canceled")
        self.ended.set()

    @property
    def sets(self) -> str:
        """Return the property of the session that it set, empty before its end."""
        return self.outcome.sets if self.outcome else ""

    def uri(self, token: int) -> str:
        """Return the address of a page."""
        return f"{self.base}/v1/statement/executing/{self.number}/{self.slug}/{token}"

    def document(self, state: str, next_token: int | None = None) -> Document:
        """Return what every answer has."""
        document: Document = {
            "id": self.number,
            "infoUri": f"{self.base}/ui/query.html?{self.number}",
            "stats": {"state": state, "queued": state == "QUEUED", "scheduled": False},
            "warnings": [],
        }
        if next_token is not None:
            document["nextUri"] = self.uri(next_token)
        return document

    def page(self, token: int) -> Document:
        """Return a page, or that there is none yet. The last answer has no rows and no nextUri."""
        if not self.ended.wait(PATIENCE_SECONDS):
            return self.document("RUNNING", token)
        if self.refused is not None:
            return self.failure(self.refused)
        assert self.outcome is not None
        start = token * self.page_rows
        rows = self.outcome.rows[start : start + self.page_rows]
        if not rows and (token or not self.outcome.columns):
            return self.described(self.document("FINISHED"))
        document = self.described(self.document("RUNNING", token + 1))
        data: list[list[object]] = []
        try:
            for row in rows:
                data.append(written_row(row, self.outcome.columns))
        except Refused as refused:
            return self.failure(refused)
        if data:
            document["data"] = data
        return document

    def described(self, document: Document) -> Document:
        """Return an answer with the columns, and what the statement did."""
        assert self.outcome is not None
        if self.outcome.columns:
            columns: list[Document] = []
            for name, kind in self.outcome.columns:
                columns.append({"name": name, "type": kind, "typeSignature": signature(kind)})
            document["columns"] = columns
        if self.outcome.done:
            document["updateType"] = self.outcome.done
        if self.outcome.affected is not None:
            document["updateCount"] = self.outcome.affected
        return document

    def failure(self, refused: Refused) -> Document:
        """Return the answer of a statement that failed."""
        document = self.document("FAILED")
        document["error"] = refused.document
        return document
