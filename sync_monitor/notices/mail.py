"""Mail, by SMTP."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import EmailMessage

from oracle_cdc.settings.notice_kinds import ADDRESS
from oracle_cdc.settings.servers import Server
from sync_monitor.notices import words
from sync_monitor.notices.message import Message, NoticeFailed
from sync_monitor.notices.posting import word_of
from sync_monitor.verdicts import IssueKind

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """A mail server, and who gets what.

    Parameters:
        recipients: of all messages. What was not measured goes to those who can grant it, too.
    """

    server: Server
    sender: str
    recipients: Sequence[str]
    timeout_seconds: float
    name: str = "mail"

    def send(self, message: Message) -> None:
        """Send a message once. Raises NoticeFailed."""
        mail = self.write(message)
        try:
            with closing(self.connect()) as connection:
                if self.server.scheme == "smtp+starttls":
                    connection.starttls(context=ssl.create_default_context())
                if self.server.user:
                    connection.login(self.server.user, self.server.password)
                refused = connection.send_message(mail)
                # It has the mail. Whatever becomes of the farewell, that is not sent again.
                with suppress(OSError, smtplib.SMTPException):
                    connection.quit()
        except smtplib.SMTPResponseException as error:
            raise NoticeFailed(f"SMTP {error.smtp_code}") from None
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise NoticeFailed(word_of(error)) from None
        if refused:
            # The others have it: sent again, they would have it twice.
            logger.warning(
                "A mail server refused %s of %s recipients", len(refused), len(mail["To"].addresses)
            )

    def connect(self) -> smtplib.SMTP:
        """Return a connection to the server. Raises OSError, smtplib.SMTPException."""
        host, port = self.server.host, self.server.port
        if self.server.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=self.timeout_seconds, context=context)
        return smtplib.SMTP(host, port, timeout=self.timeout_seconds)

    def write(self, message: Message) -> EmailMessage:
        """Return a message as mail."""
        mail = EmailMessage()
        mail["Subject"] = words.title(message)
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.recipients_of(message))
        text = "\n".join(words.lines(message))
        link = words.link(message)
        if link:
            text += f"\n\n{link}"
        mail.set_content(f"{text}\n")
        return mail

    def recipients_of(self, message: Message) -> list[str]:
        """Return who gets a message, each once."""
        found = dict.fromkeys(self.recipients)
        for item in message.items:
            if item.issue.kind is IssueKind.NOT_MEASURED and ADDRESS.fullmatch(item.ask):
                found[item.ask] = None
        return list(found)
