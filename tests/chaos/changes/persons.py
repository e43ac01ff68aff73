"""What persons type while the service runs: its own commands, in processes of their own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from tests.chaos.changes.judge.checkpoints import PERSON
from tests.chaos.harness.processes import Processes

COMMAND_SECONDS = 30.0
#: How long a command is run again, and the pause before each time: an outage ends meanwhile.
PATIENCE_SECONDS, PAUSE_SECONDS = 45.0, 0.3
#: From the end of a process to what the launcher says of it.
SAID_SECONDS = 0.1


class Persons:
    """Run commands of the tree under test.

    Parameters:
        codes: what ended processes ended with, by their names.
    """

    def __init__(
        self,
        processes: Processes,
        directory: Path,
        environment: Mapping[str, str],
        codes: Mapping[str, int],
    ) -> None:
        self.processes = processes
        self.directory = directory
        self.environment = environment
        self.codes = codes
        self.count = 0

    def run_until_done(self, *arguments: str, **settings: str) -> None:
        """Run a command again where something was in its way.

        Raises RuntimeError where something is for longer than any outage lasts.
        """
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.run(*arguments, **settings)
            except RuntimeError:
                if time.monotonic() >= give_up_at:
                    raise
            time.sleep(PAUSE_SECONDS)

    def run(self, *arguments: str, **settings: str) -> None:
        """Run a command. Raises RuntimeError unless it ends well."""
        self.count += 1
        name = f"{PERSON}-{self.count}"
        output = self.directory / f"{name}.out"
        self.processes.start(
            "command",
            name,
            arguments=list(arguments),
            environment={
                **self.environment,
                "AWS_ACCESS_KEY_ID": PERSON,
                "LOG_DIR": str(self.directory / "logs-person"),
                **settings,
            },
            output=str(output),
        )
        is_ended = self.processes.await_state(name, is_running=False, seconds=COMMAND_SECONDS)
        time.sleep(SAID_SECONDS)
        if not is_ended or self.codes.get(name) != 0:
            raise RuntimeError(f"{' '.join(arguments)} ended with {self.codes.get(name)}: {output}")
