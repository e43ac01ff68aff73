"""What every round runs on: the database, and the copies of the service, each a process."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Generic, TypeVar

from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.harness.listening import Listener
from tests.chaos.harness.processes import Processes

#: Where the copies ask, in the directory of the round.
SOCKET = "audit"

AnyCopies = TypeVar("AnyCopies", bound=Copies)


class Machine(Generic[AnyCopies]):
    """The processes of a round, until the stack closes.

    Parameters:
        directory: where they leave their traces.
        tree: the sources under test.
        template: the file of the database at the beginning.
    """

    def __init__(
        self, directory: Path, tree: Path, template: Path, copies: AnyCopies, stack: ExitStack
    ) -> None:
        self.directory = directory
        self.copies = copies
        self.listener = Listener(directory / SOCKET)
        stack.callback(self.listener.close)
        self.processes = Processes(tree, copies.listen)
        stack.callback(self.processes.close)
        copies.processes = self.processes
        self.database = Database(self.processes, directory, template)
