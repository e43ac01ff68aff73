"""Threads that make requests side by side, whoever of a copy asks for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class Workers:
    """Runs jobs in a few threads, which are started when they are first needed.

    Daemons and no executor: the interpreter would wait for an executor's threads, even one that
    hangs.

    Parameters:
        most: how many jobs run at a time, whoever gave them.
    """

    def __init__(self, most: int, name: str) -> None:
        self.most = most
        self.name = name
        self.jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.started = 0

    def run(self, do: Callable[[Job], Answer], jobs: Iterable[Job]) -> Iterator[Answer]:
        """Do jobs, and yield the answers as they come. A job begins while later ones are made.

        Raises what a job raises, once all of them have ended.
        """
        ended: queue.SimpleQueue[tuple[list[Answer], BaseException | None]] = queue.SimpleQueue()

        def make(job: Job) -> Callable[[], None]:
            def work() -> None:
                try:
                    ended.put(([do(job)], None))
                except BaseException as error:  # thread entry: whoever gave the job raises it
                    ended.put(([], error))

            return work

        count = 0
        for job in jobs:
            self.begin(make(job))
            count += 1
        failure: BaseException | None = None
        for _ in range(count):
            answers, error = ended.get()
            yield from answers
            failure = failure or error
        if failure is not None:
            raise failure

    def begin(self, work: Callable[[], None]) -> None:
        """Do some work as soon as a thread is free. It raises nothing."""
        self.jobs.put(work)
        self.start_one()

    def start_one(self) -> None:
        """Start one more thread unless there are enough."""
        with self.lock:
            if self.started == self.most:
                return
            self.started += 1
            name = f"{self.name}-{self.started}"
        threading.Thread(target=self.work, name=name, daemon=True).start()

    def work(self) -> None:
        while True:
            self.jobs.get()()
