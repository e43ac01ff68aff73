"""What the pipelines of one process share on Oracle: the stop, and Oracle with its password."""

from __future__ import annotations

import threading
from collections.abc import Callable

from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.secret_rotation import Secret


class SharedOracle:
    """One stop event for all, and one user of Oracle: refused log-ins of all count together.

    Parameters:
        password: of Oracle, as it is now, and how it is read again.
        stop: also of pipelines that have nothing to do with Oracle.
    """

    def __init__(self, password: Secret, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()
        self.password = password
        self.oracle = Dependency("oracle", moved=self.moved)
        self.listeners: list[Callable[[], None]] = []

    def moved(self) -> None:
        """Let each pipeline know that the calling loop got on, if it is one of its own."""
        for listener in self.listeners:
            listener()
