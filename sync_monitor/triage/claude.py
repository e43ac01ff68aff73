"""Claude beside the rules: what may leave is sent once, and what comes back is read or refused.

Source: https://platform.claude.com/docs/en/api/sdks/python and the installed SDK, 2.14.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from sync_monitor.errors import TriageUnavailable
from sync_monitor.triage.answer import Answer, ReplyRefused, read_reply, reply_schema
from sync_monitor.triage.payload import Payload

PACKAGE = "anthropic"
TIMEOUT_SECONDS = 20.0
#: What is asked of the model. It holds nothing of any sync.
INSTRUCTIONS = (
    "A monitor compares a table of Oracle with its copy in a data lake, partition by partition. "
    "Where `stream` is not null T1 is no table but such a stream, which is counted as a whole. "
    "You get its figures as JSON. T1 is the table, L1 what loads it, C1, C2 ... columns. "
    "null means not measured. `left_out` says of lists how many older items are not sent. "
    "`rules` is what fixed rules say; you may disagree. "
    "Name the most probable cause that the figures support, the figures that it rests on, "
    "the causes that they rule out, and what a person should do, in at most 600 characters "
    "of plain English."
)
#: Why the model ended, where it said what it had to say.
WHOLE = "end_turn"


class Usage(NamedTuple):
    """The tokens of a call."""

    input_tokens: int = 0
    output_tokens: int = 0


class Reply(NamedTuple):
    """What a call came to.

    Parameters:
        answer: None where there is none that counts.
        failure: why not, in words of ours.
    """

    answer: Answer | None
    usage: Usage = Usage()
    failure: str = ""


class Claude:
    """Asks the model, one request a question.

    Parameters:
        sdk: the package, which takes a second to import.
        client: of the package.
        max_tokens: of an answer.
    """

    def __init__(self, sdk: Any, client: Any, model: str, max_tokens: int) -> None:
        self.sdk = sdk
        self.client = client
        self.model = model
        self.max_tokens = max_tokens

    def ask(self, payload: Payload, asked_at: datetime) -> Reply:
        """Return what the model says of a payload, whatever it or the network does."""
        try:
            message = self.client.messages.create(
                model=self.model,
                max_tokens=self.max_tokens,
                system=INSTRUCTIONS,
                messages=[{"role": "user", "content": payload.text}],
                output_config={"format": {"type": "json_schema", "schema": reply_schema()}},
            )
            usage = Usage(int(message.usage.input_tokens), int(message.usage.output_tokens))
            text = "".join(block.text for block in message.content if block.type == "text")
        except self.sdk.APIStatusError as error:
            return Reply(None, failure=f"HTTP {error.status_code}")
        except self.sdk.APITimeoutError:
            return Reply(None, failure=f"no answer within {TIMEOUT_SECONDS:g} s")
        except self.sdk.APIConnectionError:
            return Reply(None, failure="it can't be reached from here")
        except self.sdk.AnthropicError as error:
            return Reply(None, failure=type(error).__name__)
        except Exception as error:
            # The SDK takes an answer in as it comes, and stumbles over one of another form.
            return Reply(None, failure=f"an answer of another form: {type(error).__name__}")
        if message.stop_reason != WHOLE:
            return Reply(None, usage, f"the model ended by {known_end(message.stop_reason)}")
        return self.read(text, usage, payload, asked_at)

    def read(self, text: str, usage: Usage, payload: Payload, asked_at: datetime) -> Reply:
        """Return the answer that a whole reply is."""
        try:
            answer = read_reply(
                text,
                model=self.model,
                asked_at=asked_at,
                aliases=payload.aliases.known,
                runbooks=payload.runbooks,
            )
        except ReplyRefused as error:
            return Reply(None, usage, str(error))
        return Reply(answer, usage)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def known_end(reason: object) -> str:
    """Return why a model ended, of the words that are known. Any other is a text of others."""
    if reason in ("refusal", "max_tokens", "stop_sequence", "tool_use", "pause_turn"):
        return str(reason)
    return "another reason"


def is_installed() -> bool:
    """Return whether the package is there."""
    return find_spec(PACKAGE) is not None


def make_claude(
    key: str,
    *,
    model: str,
    base_url: str,
    max_tokens: int,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Claude:
    """Return what asks the model. Raises TriageUnavailable where its package is not there."""
    if not is_installed():
        raise TriageUnavailable(
            "the package anthropic is not installed; pip install -r requirements-triage.txt"
        )
    sdk = import_module(PACKAGE)
    client = sdk.Anthropic(
        api_key=key,
        base_url=base_url,
        timeout=timeout_seconds,
        max_retries=0,
        open_telemetry=False,
    )
    return Claude(sdk, client, model, max_tokens)
