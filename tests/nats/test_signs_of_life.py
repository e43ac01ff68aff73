"""A server that answers too late whether it is alive."""

from __future__ import annotations

from pathlib import Path

import nats.errors
import pytest

from standins.natsserver import serving
from tests.nats.conftest import Publish
from tests.nats.settings import event
from tests.nats.streams import Streams


def test_a_sign_of_life_for_which_nobody_waits_any_more_ends_no_connection(
    tmp_path: Path, publish: Publish, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(tmp_path / "slow") as server:
        streams = Streams(server.url)
        streams.create("slow")
        streams.close()
        publisher = publish("slow", servers=server.url)
        publisher.send([event(1, "slow.x")])
        connection = publisher.connection
        assert connection is not None
        server.freeze()
        with pytest.raises(nats.errors.TimeoutError):
            publisher.loop.run(connection.client.flush(timeout=1))
        server.thaw()
        (outcome,) = publisher.send([event(2, "slow.x")])
        assert outcome.receipt is not None
        assert publisher.connection is connection
    assert "encountered error" not in caplog.text
