"""Lambda functions, called and waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from oracle_cdc.aws.client import Service, ServiceClient
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.translation import DESTINATION

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    FunctionClient: TypeAlias = ServiceClient[LambdaClient]

LAMBDA = Service(
    name="lambda",
    title="Lambda",
    place="this function",
    setting="--function",
    errors=DESTINATION,
)
#: The longest that a function runs, and so that its answer takes:
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
MAX_FUNCTION_SECONDS = 900


@dataclass(frozen=True, repr=False)
class Invocation:
    """What a function answered, which no repr shows.

    error: what Lambda calls the failure of a function: Unhandled or Handled. Then the payload
        says more. None: it returned.
    """

    payload: bytes
    error: str | None = None

    def __repr__(self) -> str:
        return f"Invocation({len(self.payload)} bytes, error={self.error!r})"


def open_function(session: AwsSession, name: str) -> FunctionClient:
    """Return the client of a function, by its name or ARN. Nothing is asked yet.

    Parameters:
        session: with time-outs that are longer than the function runs (MAX_FUNCTION_SECONDS).
    """
    return ServiceClient(session, LAMBDA, name)


def invoke(client: FunctionClient, event: bytes) -> Invocation:
    """Call a function with an event, and wait for its answer.

    A call without an answer may have run to its end.

    Raises DestinationMissing where there is none, DestinationUnavailable,
    DestinationConfigurationError and DestinationCredentialsError.

    Parameters:
        event: JSON, at most 6 MB.
    """
    with client.calling("InvokeFunction") as functions:
        answer = functions.invoke(FunctionName=client.place, Payload=event)
        return Invocation(answer["Payload"].read(), answer.get("FunctionError"))
