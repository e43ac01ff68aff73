"""Forks the service and the Oracle stand-in as processes of their own.

The service kills itself where its orders say so. The launcher runs in the tree under test and
speaks JSON lines: commands on stdin, what became of the children on stdout. When its stdin ends, so
do all its children. Everything is imported once, so that a start costs milliseconds.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

from tests.chaos.harness import changeedges, conversationedges, eventedges
from tests.chaos.harness.conversationedges import ConversationGates
from tests.chaos.harness.gates import Gates

LOOK_SECONDS = 0.02
PRELOADED = (
    "oracledb",
    "oracle_cdc.cli",
    "oracle_cdc.commands.run",
    "oracle_cdc.events.wiring",
    "oracle_cdc.changes.pipeline",
    "oracle_cdc.processor.pipeline",
    "oralite.__main__",
)


def run_service(command: Mapping[str, Any]) -> int:
    # A copy of the parent's random numbers would give all copies the same pauses.
    random.seed()
    conversationedges.install(
        ConversationGates(command["orders"], command["trace"], command["audit"])
    )
    from oracle_cdc.cli import main

    return main(command["arguments"])


def run_events(command: Mapping[str, Any]) -> int:
    random.seed()
    eventedges.install(Gates(command["orders"], command["trace"], command["audit"]))
    from oracle_cdc.cli import main

    return main(command["arguments"])


def run_changes(command: Mapping[str, Any]) -> int:
    random.seed()
    changeedges.install(Gates(command["orders"], command["trace"], command["audit"]))
    from oracle_cdc.cli import main

    return main(command["arguments"])


def run_all(command: Mapping[str, Any]) -> int:
    random.seed()
    gates = ConversationGates(command["orders"], command["trace"], command["audit"])
    for edges in (conversationedges, eventedges, changeedges):
        edges.install(gates)
    from oracle_cdc.cli import main

    return main(command["arguments"])


def run_command(command: Mapping[str, Any]) -> int:
    """Run a command of the service that nothing happens to."""
    from oracle_cdc.cli import main

    return main(command["arguments"])


def run_database(command: Mapping[str, Any]) -> int:
    from oralite.__main__ import main

    return main(command["arguments"])


PROGRAMS = {
    "service": run_service,
    "events": run_events,
    "changes": run_changes,
    "all": run_all,
    "command": run_command,
    "database": run_database,
}
#: The clients of AWS that the children make, whose service files are read once.
SERVICES = ("sqs", "kinesis", "events", "dynamodb")


def preload() -> None:
    """Import what the children need, and read boto3's service files once."""
    import boto3
    import botocore.loaders

    for name in PRELOADED:
        importlib.import_module(name)
    loader: Any = botocore.loaders.JSONFileLoader
    read = loader.load_file
    cache: dict[str, Any] = {}

    def load_file(self: Any, path: str) -> Any:
        if path not in cache:
            cache[path] = read(self, path)
        return cache[path]

    loader.load_file = load_file
    session: Any = boto3.Session(region_name="eu-west-1")
    for service in SERVICES:
        session.client(service, aws_access_key_id="x", aws_secret_access_key="x").close()


class Launcher:
    """The children by name.

    Parameters:
        frozen: when a stopped one goes on.
    """

    def __init__(self) -> None:
        self.children: dict[str, int] = {}
        self.frozen: dict[str, float] = {}
        self.freeze_seconds: dict[str, float] = {}

    def report(self, **fields: object) -> None:
        sys.stdout.write(json.dumps({"at": time.time(), **fields}) + "\n")
        sys.stdout.flush()

    def run(self) -> None:
        buffered = b""
        while True:
            readable, _, _ = select.select([0], [], [], LOOK_SECONDS)
            if readable:
                piece = os.read(0, 65536)
                if not piece:
                    return
                *lines, buffered = (buffered + piece).split(b"\n")
                for line in lines:
                    self.obey(json.loads(line))
            self.look()

    def obey(self, command: dict[str, Any]) -> None:
        name = command["name"]
        if command["do"] == "signal":
            if name in self.children:
                number = command["number"]
                if number == signal.SIGSTOP:
                    self.freeze_seconds[name] = command["seconds"]
                os.kill(self.children[name], number)
            return
        self.freeze_seconds[name] = command.get("freeze_seconds", 0.0)
        self.children[name] = self.fork(command)
        self.report(event="started", name=name, pid=self.children[name])

    def fork(self, command: dict[str, Any]) -> int:
        pid = os.fork()
        if pid:
            return pid
        code = 70
        try:
            become(command)
            code = PROGRAMS[command["do"]](command)
        except SystemExit as end:
            if isinstance(end.code, int):
                code = end.code
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def look(self) -> None:
        """Say which children ended or stopped, and wake the frozen ones."""
        for name, pid in list(self.children.items()):
            found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
            if found and os.WIFSTOPPED(status):
                self.frozen[name] = time.monotonic() + self.freeze_seconds[name]
                self.report(event="frozen", name=name)
            elif found:
                del self.children[name]
                self.frozen.pop(name, None)
                self.report(event="ended", name=name, code=os.waitstatus_to_exitcode(status))
        for name, until in list(self.frozen.items()):
            if time.monotonic() >= until:
                del self.frozen[name]
                os.kill(self.children[name], signal.SIGCONT)
                self.report(event="woken", name=name)

    def close(self) -> None:
        for pid in self.children.values():
            os.kill(pid, signal.SIGKILL)


def become(command: Mapping[str, Any]) -> None:
    """Take on the child's environment, directory and output."""
    os.environ.clear()
    os.environ.update(command["environment"])
    time.tzset()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    output = os.open(command["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    # A crash of the interpreter itself says where it came from, and SIGUSR1 asks where each thread
    # is.
    faulthandler.enable(all_threads=True)
    faulthandler.register(signal.SIGUSR1, all_threads=True)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preload()
    launcher = Launcher()
    launcher.report(event="ready", name="")
    try:
        launcher.run()
    finally:
        launcher.close()


if __name__ == "__main__":
    main()
