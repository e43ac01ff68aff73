"""The pipeline of row changes as settings make it, between a real database and a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from oracle_cdc.changes.legs import ChangesLeg
from oracle_cdc.changes.model_files import write_model
from oracle_cdc.changes.pipeline import make_leg, make_watch
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.changes.wiring import Changes, make_changes
from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.programs import load_alone
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page
from tests.awsplaces import REGION
from tests.integration.changelanes import make_model
from tests.integration.changeworlds import PASSWORD
from tests.integration.shippings import ShippingWorld


class PipelineWorld:
    """A copy of the pipeline at work, with what it stands on."""

    def __init__(self, shipping: ShippingWorld, folder: Path) -> None:
        self.shipping = shipping
        self.folder = folder
        write_model(folder / "models", make_model())
        self.made: list[Changes] = []

    def environment(self, **given: str) -> dict[str, str]:
        """Return what a process needs."""
        return {
            "PIPELINES": "changes",
            "ORACLE_USER": "CDC",
            "ORACLE_PASSWORD": PASSWORD,
            "ORACLE_DSN": self.shipping.world.server.dsn,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": self.shipping.cloud.url,
            "KINESIS_STREAM_NAME": self.shipping.stream,
            "CHANGES_MODELS_DIR": str(self.folder / "models"),
            "CHANGES_HEARTBEAT_SECONDS": "0",
            "CHANGES_RETRY_INITIAL_SECONDS": "0.001",
            "CHANGES_RETRY_MAX_SECONDS": "0.001",
            "TABLE_TRANSFORMERS": json.dumps({"users": {}}),
            **given,
        }

    def settings(self, **given: str) -> ChangesSettings:
        environment = self.environment(**given)
        origins = Origins(environment, self.folder / ".env", read_page({}), ask_store)
        return load_alone(ChangesSettings, origins)

    def changes(self, **given: str) -> Changes:
        changes = make_changes(self.settings(**given))
        self.made.append(changes)
        return changes

    def leg(self, **given: str) -> ChangesLeg:
        changes = self.changes(**given)
        return make_leg(changes, make_watch(changes))

    def insert(self, *ids: int) -> None:
        statements = [f"INSERT INTO USERS (ID) VALUES ({id})" for id in ids]
        self.shipping.run(*statements)

    def create_stream(self, **shape: Any) -> str:
        """Create another stream, of a shape that the first does not have, and return its name."""
        from tests.awsplaces import connect, make_name

        name = make_name("stream")
        connect("kinesis", self.shipping.cloud.url).create_stream(StreamName=name, **shape)
        return name

    def close(self) -> None:
        for changes in self.made:
            changes.stop.set()
            changes.close()


@contextmanager
def serve_pipeline(shipping: ShippingWorld, folder: Path) -> Iterator[PipelineWorld]:
    world = PipelineWorld(shipping, folder)
    try:
        yield world
    finally:
        world.close()
