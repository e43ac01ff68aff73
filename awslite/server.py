"""The server: one thread, one event loop, a task for each connection."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from awslite.cloud import Cloud
from awslite.control_pages import Pages
from awslite.refusals import Refused
from awslite.treatment import Cut, Page, Request, Treatment
from awslite.wire import Answer, Call, answer_json, answer_page, read_call

FREEZE_POLL_SECONDS = 0.02
#: Connections that may wait to be accepted.
BACKLOG = 128


class Server:
    """Serves a cloud on an address of loopback.

    latency_seconds: added to each request of AWS's protocols, as a distance would.
    """

    def __init__(self, cloud: Cloud, latency_seconds: float = 0.0) -> None:
        self.cloud = cloud
        self.latency_seconds = latency_seconds
        self._pages = Pages(cloud)
        self._numbers = itertools.count(1)
        self._connections: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._listener = await asyncio.start_server(
            self._serve_connection, host, port, backlog=BACKLOG
        )
        address = self._listener.sockets[0].getsockname()
        self.cloud.url = f"http://{address[0]}:{address[1]}"

    async def stop(self) -> None:
        """Listen no more, and end all connections."""
        if self._listener is not None:
            self._listener.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while call := await read_call(reader):
                writer.write((await self._answer(call)).write())
                await writer.drain()
        except Cut as cut:
            writer.write(cut.beginning)
            await writer.drain()
            reset(writer)
        except (ConnectionError, asyncio.CancelledError):
            # The client is gone, as here it often is, or the server stops.
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer(self, call: Call) -> Answer:
        """Return the answer to a call. Raises Cut where there is none, or a part of one."""
        if "x-amz-target" not in call.headers:
            return self._pages.answer(call)
        try:
            request = self._read_request(call)
        except ValueError as error:
            return answer_json(Refused("SerializationException", str(error)).document, 400)
        treatment = self.cloud.treat(request)
        await asyncio.sleep(treatment.delay_seconds + self.latency_seconds)
        while self.cloud.is_frozen:
            await asyncio.sleep(FREEZE_POLL_SECONDS)
        try:
            answer = answer_json(self.cloud.answer(request, treatment))
        except Refused as refused:
            answer = answer_json(refused.document, refused.status)
        except Page as page:
            answer = answer_page(page.status)
        except (AttributeError, TypeError, ValueError) as error:
            # A parameter of another type than its own. AWS says as little about it.
            mistaken = Refused("SerializationException", f"{type(error).__name__}: {error}")
            answer = answer_json(mistaken.document, mistaken.status)
        await asyncio.sleep(treatment.delay_after_seconds)
        answer.headers["x-amzn-RequestId"] = request.request_id
        return halve(answer, treatment)

    def _read_request(self, call: Call) -> Request:
        """Return what is asked of a service. Raises ValueError for a body that is no object."""
        target, _, action = call.headers["x-amz-target"].rpartition(".")
        sender, region = call.signer
        return Request(
            target=target,
            action=action,
            document=call.document,
            sender=sender,
            region=region,
            request_id=f"request-{next(self._numbers)}",
            at=time.time(),
            size_bytes=len(call.body),
        )


def halve(answer: Answer, treatment: Treatment) -> Answer:
    """Return the answer, or the half of it that a treatment asks for."""
    half = Answer(
        answer.status, answer.body[: len(answer.body) // 2], answer.kind, headers=answer.headers
    )
    if treatment.half_after == "cut":
        whole = Answer(
            half.status, half.body, half.kind, length=len(answer.body), headers=half.headers
        )
        raise Cut(whole.write())
    if treatment.half_after:
        return half
    return answer


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset, which is no orderly end."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextmanager
def serve(cloud: Cloud | None = None, *, latency_seconds: float = 0.0) -> Iterator[Cloud]:
    """Serve on a free port of loopback, in a thread of its own, until the block ends."""
    served = cloud or Cloud()
    server = Server(served, latency_seconds)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="awslite", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result()
        yield served
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
