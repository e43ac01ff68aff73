"""The processor as settings make it, between a stream, a bus, two tables and a queue."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from awslite.cloud import Cloud
from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
from oracle_cdc.changes.model_files import write_model
from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.pipeline import Pipeline, make_service
from oracle_cdc.processor.legs import ProcessorLeg
from oracle_cdc.processor.pipeline import make_leg, pipeline_of
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.wiring import Processor, make_processor
from oracle_cdc.programs import load_alone
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page
from tests.awsplaces import REGION, connect, make_name
from tests.changes.changefixtures import USERS
from tests.processor.reading import World

WAIT_SECONDS = 20.0


class PipelineWorld(World):
    """What a copy of the processor needs.

    Parameters:
        queues_url: of a server of SQS.
        folder: of models.
    """

    def __init__(self, cloud: Cloud, queues_url: str, folder: Path, shards: int = 1) -> None:
        super().__init__(cloud, shards)
        self.queues_url = queues_url
        self.folder = folder
        self.queue_url = connect("sqs", queues_url).create_queue(QueueName=make_name("dlq"))[
            "QueueUrl"
        ]
        write_model(folder / "models", USERS)
        self.made: list[Processor] = []

    def environment(self, **given: str) -> dict[str, str]:
        """Return what a process needs."""
        url = self.cloud.url
        return {
            "PIPELINES": "processor",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": self.queues_url,
            "AWS_ENDPOINT_URL_KINESIS": url,
            "AWS_ENDPOINT_URL_EVENTBRIDGE": url,
            "AWS_ENDPOINT_URL_DYNAMODB": url,
            "AWS_ENDPOINT_URL_CLOUDWATCH": url,
            "KINESIS_STREAM_NAME": self.stream,
            "EVENT_BUS_NAME": self.publishing.bus,
            "CHECKPOINT_TABLE_NAME": self.checkpoints,
            "STATE_TABLE_NAME": self.states,
            "DLQ_URL": self.queue_url,
            "CHANGES_MODELS_DIR": str(self.folder / "models"),
            "TABLE_TRANSFORMERS": json.dumps({"users": {"redactFields": ["ssn"]}}),
            "RETRY_BASE_DELAY_MS": "1",
            "RETRY_MAX_DELAY_MS": "10",
            "METRICS_INTERVAL_SECONDS": "0",
            **given,
        }

    def settings(self, **given: str) -> ProcessorSettings:
        environment = self.environment(**given)
        origins = Origins(environment, self.folder / ".env", read_page({}), ask_store)
        return load_alone(ProcessorSettings, origins)

    def processor(self, **given: str) -> Processor:
        processor = make_processor(self.settings(**given), threading.Event())
        self.made.append(processor)
        return processor

    def leg(self, **given: str) -> ProcessorLeg:
        return make_leg(self.processor(**given))

    def pipeline(self, **given: str) -> Pipeline:
        return pipeline_of(self.processor(**given))

    def letters(self) -> list[dict[str, Any]]:
        """Return the dead letters that lie in the queue."""
        answer = connect("sqs", self.queues_url).receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def close(self) -> None:
        for processor in self.made:
            processor.stop.set()
            processor.close()


def show_again(queue: DeadLetterQueue, most: int) -> None:
    """Let what is received reappear at once, as where a pass takes long, and end one that has none.

    Parameters:
        most: how often may be received.
    """
    receive = queue.receive
    left = [None] * most

    def receive_again(before: datetime) -> list[ReceivedMessage]:
        assert left, f"more than {most} receives"
        left.pop()
        messages = receive(before)
        queue.give_back(messages)
        return messages

    queue.receive = receive_again  # type: ignore[method-assign]


class Running:
    """A pipeline that runs in threads of its own until the end of the context."""

    def __init__(self, pipeline: Pipeline, stop: threading.Event) -> None:
        self.pipeline = pipeline
        self.stop = stop
        self.service = make_service([pipeline], stop)
        self.thread = threading.Thread(target=self.service.run, daemon=True)

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.thread.join(WAIT_SECONDS)
        assert not self.thread.is_alive()


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, or fail."""
    until = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)
