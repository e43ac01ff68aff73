"""Where a person sits who looks after row changes, and types commands."""

from __future__ import annotations

from dataclasses import dataclass

from tests.awsplaces import places_of
from tests.integration.changepipelines import PipelineWorld
from tests.typist import Done, Typist


@dataclass
class Desk:
    """Where a person sits who looks after row changes."""

    world: PipelineWorld
    typist: Typist
    sqs_url: str

    def type(self, *arguments: str, **given: str) -> Done:
        places = places_of(self.world.shipping.cloud.url, self.sqs_url)
        environment = self.world.environment(**places, LOG_DIR="none")
        return self.typist.type(arguments, environment | given)

    def run(self, *statements: str) -> None:
        self.world.shipping.run(*statements)

    def administer(self, *statements: str) -> None:
        self.world.shipping.world.administer(*statements)
