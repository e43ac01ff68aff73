"""Settings to what speaks with others beside the looks: channels of notices, and the model."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.notice_kinds import mail_server
from sync_monitor.errors import TriageUnavailable
from sync_monitor.history.store import Store
from sync_monitor.model import Sync
from sync_monitor.notices.mail import Mail
from sync_monitor.notices.message import Channel
from sync_monitor.notices.sending import Notifier, Sender
from sync_monitor.notices.slack import Slack
from sync_monitor.notices.teams import Teams
from sync_monitor.notices.webhook import Webhook
from sync_monitor.triage.answer import Answer
from sync_monitor.triage.case import Case
from sync_monitor.triage.claude import make_claude
from sync_monitor.triage.consulting import Consultant
from sync_monitor.triage.payload import Question

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outward:
    """What speaks with others while a monitor runs.

    Parameters:
        consultant: None where no model is asked.
        why_not: why none is asked, in words.
    """

    consultant: Consultant | None
    channels: tuple[str, ...]
    why_not: str = ""

    def explained(self, case: Case, rules: Answer) -> None:
        """Let the model be asked about what the rules have answered."""
        if self.consultant is not None:
            self.consultant.offer(Question(case, rules))


def make_channels(settings: MonitorSettings) -> list[Channel]:
    """Return the channels that are set."""
    monitor = settings.monitor
    seconds = monitor.notice_seconds
    found: list[Channel] = []
    if monitor.slack_url is not None:
        found.append(Slack(monitor.slack_url.get_secret_value(), seconds))
    if monitor.teams_url is not None:
        found.append(Teams(monitor.teams_url.get_secret_value(), seconds))
    if monitor.webhook_url is not None:
        token = None
        if monitor.webhook_token is not None:
            token = monitor.webhook_token.get_secret_value()
        found.append(Webhook(monitor.webhook_url.get_secret_value(), seconds, token))
    if monitor.mail_url is not None:
        server = mail_server(monitor.mail_url.get_secret_value())
        found.append(Mail(server, monitor.mail_from, monitor.mail_to, seconds))
    return found


def make_consultant(settings: MonitorSettings, store: Store) -> Consultant:
    """Return what asks the model. Raises TriageUnavailable where it can't be asked."""
    if not settings.use_claude_api:
        raise TriageUnavailable("USE_CLAUDE_API is not true")
    if settings.claude_api_key is None:
        raise TriageUnavailable("USE_CLAUDE_API is true and CLAUDE_API_KEY is not set")
    claude = make_claude(
        settings.claude_api_key.get_secret_value(),
        model=settings.claude_model,
        base_url=settings.claude_base_url,
        max_tokens=settings.triage_max_tokens,
    )
    return Consultant(
        store,
        claude,
        calls_per_day=settings.triage_max_calls_per_day,
        send_names=settings.triage_send_names,
    )


@contextmanager
def speaking(settings: MonitorSettings, store: Store, syncs: Sequence[Sync]) -> Iterator[Outward]:
    """Send notices, and ask the model, while a monitor runs."""
    page_url = settings.monitor.page_url or ""
    with ExitStack() as stack:
        consultant, why_not = None, ""
        try:
            consultant = make_consultant(settings, store)
            stack.callback(consultant.close)
        except TriageUnavailable as error:
            why_not = str(error)
            if settings.use_claude_api:
                logger.warning("%s: the rules answer", why_not)
        senders: list[Sender] = []
        for channel in make_channels(settings):
            senders.append(Sender(store, channel, syncs, page_url=page_url))
        if senders:
            stack.callback(Notifier(senders).close)
        yield Outward(consultant, tuple(sender.channel.name for sender in senders), why_not)
