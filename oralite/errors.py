"""ORA- errors: the code is what the driver chooses its exception class by, the text is what the
user reads.
"""

from __future__ import annotations


class OraError(Exception):
    """An error to be answered to the client as ORA-code.

    Never 28, 600, 603, 1012 or 3113 of our own accord: the driver takes these for a dead
    connection.
    """

    def __init__(self, code: int, text: str, position: int = 0) -> None:
        super().__init__(f"ORA-{code:05d}: {text}")
        self.code = code
        self.position = position


class NotSupported(OraError):
    """Raised for SQL that is not understood: it is quoted, and never guessed at (ORA-03001)."""

    def __init__(self, what: str, sql: str) -> None:
        super().__init__(
            3001,
            f"unimplemented feature: oralite does not do {what}: {' '.join(sql.split())[:400]}",
        )
