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
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

LOOK_SECONDS = 0.02
#: The statements whose commit begins a lease.
CLAIMS = ("insert_claim", "update_claim")
#: What an order does to the process that carries it out.
SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


class Gates:
    """The named points of a service's process.

    They are before and after each statement, commit and SQS request.
    """

    def __init__(self, orders: list[dict[str, Any]], trace: str, audit: str) -> None:
        self.orders = orders
        self.trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.audit = audit
        self.hits: dict[str, int] = {}
        self.local = threading.local()
        self.cycle_began_at: float | None = None

    def write(self, **fields: object) -> None:
        """Write one line at once, which a kill must not lose."""
        os.write(self.trace, (json.dumps({"at": time.time(), **fields}) + "\n").encode())

    def pass_through(self, point: str) -> None:
        self.hits[point] = self.hits.get(point, 0) + 1
        for order in self.orders:
            if order["point"] == point and order["nth"] == self.hits[point]:
                self.write(event=order["what"], point=point)
                os.kill(os.getpid(), SIGNALS[order["what"]])

    def call(self, name: str, work: Callable[[], Any]) -> Any:
        self.pass_through(f"before {name}")
        try:
            return work()
        finally:
            self.pass_through(f"after {name}")

    def moved_watermark(self, seen: object, watermark: object) -> None:
        """Have the ledger looked at as it is at this moment, and wait meanwhile."""
        began_at, self.cycle_began_at = self.cycle_began_at, None
        # A cycle that was cut short leaves it where it was: that says nothing of what came behind
        # it since.
        if began_at is None or seen == watermark:
            return
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(self.audit)
                written = {"began_at": began_at, "seen": str(seen), "watermark": str(watermark)}
                connection.sendall((json.dumps(written) + "\n").encode())
                connection.recv(1)
        except OSError:
            return


def install(gates: Gates) -> None:
    """Wrap the edges of the service: its Oracle session by statement, its SQS client by action."""
    from botocore.client import BaseClient

    from oracle_cdc.oracle.session import Session

    wrap_statements(gates, Session)
    client: Any = BaseClient
    original = client._make_api_call

    def call_sqs(self: Any, action: str, parameters: Any) -> Any:
        answer = gates.call(action, lambda: original(self, action, parameters))
        # Half an answer whose JSON does not end is none: the driver hands on what it could read,
        # which is nothing.
        if "Successful" in answer or "Failed" in answer:
            gates.write(event="answered", request=answer["ResponseMetadata"]["RequestId"])
        return answer

    client._make_api_call = call_sqs


def wrap_statements(gates: Gates, session: Any) -> None:
    stream, commit = session.stream, session.commit

    def streamed(self: Any, name: str, *arguments: Any, **options: Any) -> Iterator[Any]:
        if name == "find_work" and gates.cycle_began_at is None:
            gates.cycle_began_at = time.time()
        gates.pass_through(f"before {name}")
        yield from stream(self, name, *arguments, **options)
        gates.pass_through(f"after {name}")

    def committed(self: Any) -> None:
        statement = getattr(gates.local, "statement", "")
        gates.call(f"commit of {statement}", lambda: commit(self))
        if statement in CLAIMS:
            gates.write(event="leased")

    session.stream, session.commit = streamed, committed
    for method in ("execute", "execute_array", "try_array"):
        setattr(session, method, wrap_method(gates, getattr(session, method)))


def wrap_method(gates: Gates, original: Callable[..., Any]) -> Callable[..., Any]:
    def executed(self: Any, name: str, *arguments: Any, **options: Any) -> Any:
        if arguments and not arguments[0]:
            return original(self, name, *arguments, **options)
        gates.local.statement = name
        answer = gates.call(name, lambda: original(self, name, *arguments, **options))
        if name == "renew_lease":
            gates.write(event="leased")
        if name == "record_cycle" and options.get("new_watermark") is not None:
            gates.moved_watermark(options["seen_watermark"], options["new_watermark"])
        return answer

    return executed


def run_service(command: Mapping[str, Any]) -> int:
    # A copy of the parent's random numbers would give all copies the same pauses.
    random.seed()
    install(Gates(command["orders"], command["trace"], command["audit"]))
    from oracle_cdc.cli import main

    return main(command["arguments"])


def run_database(command: Mapping[str, Any]) -> int:
    from oralite.__main__ import main

    return main(command["arguments"])


def preload() -> None:
    """Import what the children need, and read boto3's service files once."""
    import boto3
    import botocore.loaders

    for name in ("oracledb", "oracle_cdc.cli", "oracle_cdc.commands.run", "oralite.__main__"):
        importlib.import_module(name)
    loader: Any = botocore.loaders.JSONFileLoader
    read = loader.load_file
    cache: dict[str, Any] = {}

    def load_file(self: Any, path: str) -> Any:
        if path not in cache:
            cache[path] = read(self, path)
        return cache[path]

    loader.load_file = load_file
    boto3.Session(region_name="eu-west-1").client(
        "sqs", aws_access_key_id="x", aws_secret_access_key="x"
    ).close()


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
            if command["do"] == "service":
                code = run_service(command)
            else:
                code = run_database(command)
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
