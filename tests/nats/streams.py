"""What tests do beside an administrator of NATS: look at single messages, empty, delete, listen."""

from __future__ import annotations

from oracle_cdc.demo.events.streams import Hear, quiet
from oracle_cdc.demo.events.streams import Streams as Administrator


class Streams(Administrator):
    """One connection, as whoever may do everything."""

    def purge(self, name: str) -> None:
        self.do(self.js.purge_stream(name))

    def delete(self, name: str) -> None:
        self.do(self.js.delete_stream(name))

    def message(self, name: str, sequence: int) -> tuple[str, bytes, dict[str, str]]:
        """Return a message's subject, body and headers."""
        found = self.do(self.js.get_msg(name, sequence))
        return str(found.subject), found.data or b"", dict(found.headers or {})

    def ids(self, name: str) -> list[str]:
        """Return the ids of all messages, as they stand in the stream."""
        return [message.id for message in self.messages(name)]

    def listen(self, subject: str, heard: Hear = quiet) -> None:
        """Listen on a subject, as any program may."""
        self.do(self.client.subscribe(subject, cb=heard))
        # The first one may overtake the subscription.
        self.do(self.client.flush())
        self.do(self.client.flush())
