"""A process that has imported the whole service and forks it: a start costs milliseconds.

`python -m tests.acceptance.forking ADDRESS` listens on a UNIX socket, and imports once it is asked.
Each connection is one run of a program: what to run comes as JSON with the files of its output, its
process id and its exit code are answered. The children end with this process, and this process with
its standard input.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, cast

READY = b"ready"
REQUEST_BYTES = 1 << 17


@dataclass
class Job:
    """What one child is to run, where, and the descriptors of its output."""

    script: str
    directory: str
    arguments: list[str]
    environment: dict[str, str]
    output: int
    errors: int


class Forker:
    """Listens, forks, and reports how each child ended. One thread: only then a fork is safe."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.wake, waker = os.pipe()
        os.set_blocking(waker, False)
        self.waker = waker
        #: The connection that waits for a child's end.
        self.waiting: dict[int, socket.socket] = {}
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker)

    def serve(self) -> Job | None:
        """Serve until standard input ends, and return None, or in a child what it is to do."""
        while True:
            ready, _, _ = select.select([0, self.listener, self.wake], [], [])
            if 0 in ready:
                self.kill_all()
                return None
            if self.wake in ready:
                os.read(self.wake, 4096)
                self.reap()
            if self.listener in ready:
                job = self.start()
                if job is not None:
                    return job

    def start(self) -> Job | None:
        """Start a child for a new connection, and return what it is to do in the child alone."""
        connection, _ = self.listener.accept()
        request, (output, errors), _, _ = socket.recv_fds(connection, REQUEST_BYTES, 2)
        pid = os.fork()
        if not pid:
            connection.close()
            self.leave()
            asked = json.loads(request)
            return Job(**asked, output=output, errors=errors)
        os.close(output)
        os.close(errors)
        self.waiting[pid] = connection
        answer(connection, pid)
        return None

    def leave(self) -> None:
        """Give up in a child what is its parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(self.wake)
        os.close(self.waker)
        self.listener.close()
        for connection in self.waiting.values():
            connection.close()

    def reap(self) -> None:
        """Answer the exit code of each child that ended."""
        while self.waiting:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            connection = self.waiting.pop(pid)
            answer(connection, os.waitstatus_to_exitcode(status))
            connection.close()

    def kill_all(self) -> None:
        """Kill every child that still runs."""
        for pid in self.waiting:
            os.kill(pid, signal.SIGKILL)


def answer(connection: socket.socket, number: int) -> None:
    """Send a number to whoever waits, who may be gone."""
    try:
        connection.send(str(number).encode())
    except BrokenPipeError:
        return


def preload() -> None:
    """Import what a run of the service needs, and read AWS's service files."""
    import boto3

    import oracle_cdc
    from standins import servicefiles

    for module in pkgutil.walk_packages(oracle_cdc.__path__, "oracle_cdc."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    servicefiles.read_once()
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    for service in ("sqs", "s3", "sts", "iam"):
        make_client: Any = boto3.Session(region_name="eu-west-1").client
        make_client(service, **keys).close()


def run(job: Job) -> None:
    """Become the program: its arguments, its environment, its output."""
    os.environ.clear()
    os.environ.update(job.environment)
    time.tzset()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (job.output, 1), (job.errors, 2)):
        os.dup2(source, target)
        os.close(source)
    for stream in (sys.stdout, sys.stderr):
        cast(TextIOWrapper, stream).reconfigure(
            write_through=job.environment.get("PYTHONUNBUFFERED") == "1"
        )
    os.chdir(job.directory)
    sys.argv = [job.script, *job.arguments]
    sys.path[0] = str(Path(job.script).parent)
    try:
        runpy.run_path(job.script, run_name="__main__")
    except SystemExit as ended:
        if isinstance(ended.code, int):
            end(ended.code)
        raise


def end(code: int) -> None:
    """End as Python does, but for taking apart what was imported: that takes 60 ms."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Serve. A child runs the service and ends as it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(sys.argv[1])
    listener.listen(16)
    os.write(1, READY + b"\n")
    ready, _, _ = select.select([0, listener], [], [])
    if listener in ready:
        preload()
        gc.freeze()
    job = Forker(listener).serve()
    if job is not None:
        run(job)


if __name__ == "__main__":
    main()
