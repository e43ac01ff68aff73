"""Lends the client of one service for single requests, with what goes wrong as our errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from oracle_cdc.aws.session import AwsSession, endpoint_setting
from oracle_cdc.aws.translation import (
    Answer,
    Call,
    ErrorFamily,
    sort_nothing,
    translate,
    translate_shape,
)
from oracle_cdc.errors import CdcError, CredentialsError
from oracle_cdc.running.dependencies import Calling, unwatched

Client = TypeVar("Client")


@dataclass(frozen=True)
class Service:
    """One service of AWS.

    name: as boto3 has it, such as events.
    title: as people call it, such as EventBridge.
    place: what requests go to, such as "this bus".
    setting: that names the place.
    own: sorts what only this service answers.
    made_by: the command that makes the place, where one of ours does.
    """

    name: str
    title: str
    place: str
    setting: str
    errors: ErrorFamily
    own: Callable[[Call, Answer], CdcError | None] = sort_nothing
    made_by: str = ""


class ServiceClient(Generic[Client]):
    """Asks one service of one place: a stream, a bus, a table.

    It is safe to use from several threads.

    Parameters:
        place: its name, as errors have it.
        calling: stands around each request.
    """

    def __init__(
        self, session: AwsSession, service: Service, place: str, *, calling: Calling = unwatched
    ) -> None:
        self.session = session
        self.place = place
        self._service = service
        self._watched = calling

    @contextmanager
    def calling(self, action: str) -> Iterator[Client]:
        """Lend a client for one request and raise what goes wrong as one of our errors.

        What the answer must have is read in the block, so that its lack is an error of ours too.

        Parameters:
            action: as IAM names it, such as PutEvents.
        """

        def create() -> Client:
            client: Client = self.session.client(self._service.name)
            return client

        call = self.describe(action)
        with (
            self._watched(action),
            translate_shape(call),
            lend(self.session, create, call) as client,
        ):
            yield client

    def describe(self, action: str) -> Call:
        """Return a request for an action, as its errors name it."""
        service = self._service
        return Call(
            service=service.title,
            said=f"{action} at {service.title} {self.place}",
            right=f"{service.name}:{action}",
            place=service.place,
            errors=service.errors,
            endpoint_settings=(endpoint_setting(service.name), "AWS_REGION"),
            setting=service.setting,
            own=service.own,
            made_by=service.made_by,
        )


@contextmanager
def lend(session: AwsSession, create: Callable[[], Client], call: Call) -> Iterator[Client]:
    """Lend a client for one request, and have refused credentials read anew."""
    lent: Client | None = None
    try:
        with translate(call):
            lent = create()
            yield lent
    except CredentialsError:
        session.renew(lent)
        raise
