"""One asyncio loop in one daemon thread: nats-py is asyncio, and the service is threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from oracle_cdc.errors import DestinationUnavailable

Result = TypeVar("Result")


class Loop:
    """Runs coroutines in a thread of its own, for threads that wait for them."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="nats", daemon=True)
        self.thread.start()
        self.lock = threading.Lock()
        self.is_closed = False

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Return what the work returns, or raise what it raises. It has a deadline of its own."""
        with self.lock:
            if self.is_closed:
                work.close()
                raise DestinationUnavailable("NATS: closed")
            future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except CancelledError:
            raise DestinationUnavailable("NATS: closed meanwhile") from None

    def close(self) -> None:
        """End what runs, and the thread."""
        with self.lock:
            if self.is_closed:
                return
            self.is_closed = True
        asyncio.run_coroutine_threadsafe(cancel_others(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


async def cancel_others() -> None:
    """Cancel each other task of this loop, and wait until it has ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
