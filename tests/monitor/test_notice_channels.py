"""What each channel sends, byte for byte, and what becomes of one that refuses or hangs."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from oracle_cdc.settings.notice_kinds import mail_server
from sync_monitor.history.store import Store
from sync_monitor.notices import words
from sync_monitor.notices.mail import Mail
from sync_monitor.notices.message import Channel, NoticeFailed
from sync_monitor.notices.sending import Notifier, Sender
from sync_monitor.notices.slack import Slack
from sync_monitor.notices.teams import Teams
from sync_monitor.notices.webhook import Webhook
from sync_monitor.records import NoticeKind
from tests.monitor.building import NOW, at
from tests.monitor.loopback import HANGS, Loopback, served
from tests.monitor.noticing import (
    Recording,
    Scene,
    issue,
    keep,
    mail_served,
    message_of,
    not_measured,
)

HOSTILE = "<!channel> [x](http://evil.example)\nBcc: a@b.example"
SECRET_PATH = "/services/T0/B0/planted-secret"
#: Of a channel that is asked for nothing but what it would send.
NOWHERE = "http://localhost/"


@pytest.fixture
def hook() -> Iterator[Loopback]:
    with served() as loopback:
        yield loopback


def channels_at(url: str, seconds: float = 5.0) -> list[Channel]:
    url += SECRET_PATH
    return [Slack(url, seconds), Teams(url, seconds), Webhook(url, seconds, "a-token")]


def sent(hook: Loopback) -> dict[str, Any]:
    (received,) = hook.received
    assert received.path == SECRET_PATH
    found: dict[str, Any] = json.loads(received.body)
    return found


def test_slack_gets_text_and_blocks(hook: Loopback) -> None:
    message = message_of(
        issue(number=7), issue(number=8), page_url="https://monitor.example/", ask="sales"
    )
    Slack(hook.url + SECRET_PATH, 5.0).send(message)
    line = "HR.EMPLOYEES: rows are missing of 2026-11-20, 16 rows, since 2026-11-25 09:52 UTC"
    blocks = []
    for number in (7, 8):
        text = {"type": "plain_text", "text": f"{line}; ask sales [issue {number}]", "emoji": False}
        blocks.append({"type": "section", "text": text})
    title = "CRITICAL: HR.EMPLOYEES: 2 issues"
    link = "<https://monitor.example/sync/HR.EMPLOYEES|Open the monitor>"
    assert sent(hook) == {
        "text": title,
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}},
            *blocks,
            {"type": "context", "elements": [{"type": "mrkdwn", "text": link}]},
        ],
    }


def test_teams_gets_an_adaptive_card_of_a_workflow(hook: Loopback) -> None:
    Teams(hook.url + SECRET_PATH, 5.0).send(
        message_of(not_measured("A", number=3), code="ORA-01031", page_url="https://m.example")
    )
    body = sent(hook)
    assert body["type"] == "message"
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert [part["inlines"][0]["text"] for part in card["body"]] == [
        "UNKNOWN: A: not measured",
        "A: not measured (ORA-01031), since 2026-11-25 09:52 UTC [issue 3]",
    ]
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": "Open the monitor", "url": "https://m.example/sync/A"}
    ]


def test_a_webhook_gets_all_issues_and_shows_its_token(hook: Loopback) -> None:
    Webhook(hook.url + SECRET_PATH, 5.0, "a-token").send(
        message_of(issue(number=7, closed_at=at(1)), kind=NoticeKind.CLOSED)
    )
    assert hook.received[0].headers["Authorization"] == "Bearer a-token"
    assert sent(hook) == {
        "version": 1,
        "kind": "closed",
        "severity": "CRITICAL",
        "group": "HR.EMPLOYEES",
        "title": "Over: HR.EMPLOYEES: rows are missing",
        "page": None,
        "issues": [
            {
                "issue": 7,
                "sync": "HR.EMPLOYEES",
                "kind": "rows_missing",
                "partition": "2026-11-20",
                "rows": 16,
                "severity": "CRITICAL",
                "since": "2026-11-25T09:52:00+00:00",
                "until": "2026-11-25T10:52:00+00:00",
                "error_code": None,
                "ask": None,
            }
        ],
    }


def test_no_name_is_a_link_a_header_or_a_call() -> None:
    message = message_of(issue(HOSTILE, number=1), ask=HOSTILE, page_url="https://m.example")
    body = Slack(NOWHERE, 1).body(message)
    assert "<!channel>" not in body["text"]
    for block in body["blocks"][:-1]:
        assert block["text"]["type"] == "plain_text"
    (link,) = body["blocks"][-1]["elements"]
    assert link["text"].count("<") == 1
    (attachment,) = Teams(NOWHERE, 1).body(message)["attachments"]
    for part in attachment["content"]["body"]:
        assert part["type"] == "RichTextBlock"
    assert "\n" not in json.dumps(Webhook(NOWHERE, 1).body(message))
    written = Mail(mail_server("smtp://127.0.0.1"), "a@example.com", ["b@example.com"], 1.0).write(
        message
    )
    assert written.keys() == [
        "Subject",
        "From",
        "To",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    ]


def test_a_message_of_many_issues_is_cut_in_its_lines_alone() -> None:
    message = message_of(*[issue(f"S{number}", number=number) for number in range(30)])
    assert words.title(message) == "CRITICAL: S0: 30 issues of 30 syncs"
    assert len(words.lines(message)) == words.MOST_LINES + 1
    assert words.lines(message)[-1] == "and 18 more"
    assert len(Webhook(NOWHERE, 1).body(message)["issues"]) == 30


@pytest.mark.parametrize(
    ("status", "word"), [(429, "HTTP 429"), (500, "HTTP 500"), (404, "HTTP 404")]
)
def test_what_a_server_answers_is_its_status_alone(hook: Loopback, status: int, word: str) -> None:
    hook.status, hook.body = status, b"planted-secret"
    for channel in channels_at(hook.url):
        with pytest.raises(NoticeFailed, match=rf"^{word}$"):
            channel.send(message_of(issue()))
    assert len(hook.received) == 3


def test_a_redirect_is_not_followed(hook: Loopback) -> None:
    with served() as other:
        hook.status, hook.location = 302, f"{other.url}/elsewhere"
        for channel in channels_at(hook.url):
            with pytest.raises(NoticeFailed, match=r"^HTTP 302$"):
                channel.send(message_of(issue()))
        assert other.received == []


def test_a_server_that_hangs_or_is_not_there_is_a_word(hook: Loopback) -> None:
    hook.status = HANGS
    for channel in channels_at(hook.url, 0.2):
        with pytest.raises(NoticeFailed, match=r"^no answer in time$"):
            channel.send(message_of(issue()))
    with served() as gone:
        url = gone.url
    for channel in channels_at(url):
        with pytest.raises(NoticeFailed, match=r"^ConnectionRefusedError$"):
            channel.send(message_of(issue()))


def test_mail_goes_to_those_who_grant_too() -> None:
    with mail_served() as stub:
        server = mail_server(f"smtp://127.0.0.1:{stub.port}")
        mail = Mail(server, "monitor@example.com", ["ops@example.com"], 5.0)
        mail.send(message_of(not_measured("A", number=3), ask="dba@example.com", code="ORA-01031"))
        mail.send(message_of(issue("A", number=4), ask="owner@example.com"))
    assert stub.recipients == ["ops@example.com", "dba@example.com", "ops@example.com"]
    assert "Subject: UNKNOWN: A: not measured" in stub.mails[0]
    text = email.message_from_string(stub.mails[1]).get_payload(decode=True)
    assert b"ask owner@example.com [issue 4]" in text


def test_who_grants_and_has_no_address_keeps_no_mail_from_others() -> None:
    # It was tried as an address, which no server takes, so that nobody got the mail.
    with mail_served() as stub:
        server = mail_server(f"smtp://127.0.0.1:{stub.port}")
        mail = Mail(server, "monitor@example.com", ["ops@example.com"], 5.0)
        for ask in ("דנה@example.com", "dba;oncall@example.com"):
            mail.send(message_of(not_measured("A", number=3), ask=ask))
    assert stub.recipients == ["ops@example.com"] * 2


def test_a_password_that_no_log_in_by_mail_has_is_a_word() -> None:
    # It was said to be a bug, at each round.
    with mail_served() as stub:
        server = mail_server(f"smtp://user:%D7%A1%D7%95%D7%93@127.0.0.1:{stub.port}")
        mail = Mail(server, "a@b.example", ["c@d.example"], 5.0)
        with pytest.raises(NoticeFailed, match="UnicodeEncodeError"):
            mail.send(message_of(issue()))


def test_mail_that_is_refused_says_its_code() -> None:
    with mail_served() as stub:
        stub.answer = "550 planted-secret"
        mail = Mail(mail_server(f"smtp://127.0.0.1:{stub.port}"), "a@b.example", ["c@d.example"], 5)
        with pytest.raises(NoticeFailed) as caught:
            mail.send(message_of(issue()))
    assert "planted-secret" not in caught.value.word


def test_a_farewell_that_fails_sends_nothing_again() -> None:
    with mail_served() as stub:
        mail = Mail(mail_server(f"smtp://127.0.0.1:{stub.port}"), "a@b.example", ["c@d.example"], 5)
        for farewell in ("250 ok", "421 too busy", ""):
            stub.farewell = farewell
            mail.send(message_of(issue()))
    assert len(stub.mails) == 3


def test_one_wrong_address_does_not_send_to_the_others_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with mail_served() as stub:
        stub.refuses = "gone@example.com"
        server = mail_server(f"smtp://127.0.0.1:{stub.port}")
        Mail(server, "a@b.example", ["gone@example.com", "ops@example.com"], 5.0).send(
            message_of(issue())
        )
    assert len(stub.mails) == 1
    assert "refused 1 of 2 recipients" in caplog.text
    assert "example.com" not in caplog.text


def test_mail_server_that_is_not_there_is_a_word() -> None:
    with mail_served() as stub:
        port = stub.port
    mail = Mail(mail_server(f"smtp://127.0.0.1:{port}"), "a@b.example", ["c@d.example"], 1.0)
    with pytest.raises(NoticeFailed, match=r"^ConnectionRefusedError$"):
        mail.send(message_of(issue()))


@pytest.mark.parametrize("status", [429, 500, HANGS])
def test_one_channel_that_fails_delays_no_other(
    tmp_path: Path, hook: Loopback, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("sync_monitor.notices.sending.ROUND_SECONDS", 0.02)
    hook.status = status
    with Store(tmp_path) as store:
        good = Recording("good")
        scene = Scene(store)
        keep(store, issue("A"))
        senders = [
            Sender(store, Slack(hook.url, 20.0), (), clock=lambda: scene.now),
            Sender(store, good, (), clock=lambda: scene.now),
        ]
        for sender in senders:
            sender.step()
        scene.now = at(1)
        began = monotonic()
        notifier = Notifier(senders)
        while not good.messages:
            assert monotonic() - began < 10
        monkeypatch.setattr("sync_monitor.notices.sending.CLOSE_SECONDS", 0.1)
        hook.ended.set()
        notifier.close()
    assert monotonic() - began < 10
    assert len(good.messages) == 1
    assert good.messages[0].now == at(1) != NOW
