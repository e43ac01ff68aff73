"""Guards of notices: what makes them too many, too late, or say too much."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

PLANNING = "sync_monitor.notices.planning"
POLICY = "sync_monitor.notices.policy"
NOTICES = "monitor/test_notices"
CHANNELS = "monitor/test_notice_channels"
HELD_BACK = "monitor/test_notices_held_back"
IS_HELD = "is_held = is_silent(issue.sync, silent, now) or"
CHANGED = "write_notice(connection, replace(notice, {}))"

MUTATIONS = (
    mutation(
        "letters that no mail server takes are an address",
        "who grants and has no address keeps no mail from others",
        "oracle_cdc.settings.notice_kinds",
        "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@",
        "[^@]+@",
        tests=named(CHANNELS, "who_grants_and_has_no_address_keeps_no_mail_from_others"),
    ),
    mutation(
        "a message in each round of a full disk",
        "nothing is sent while nobody can note that it was",
        "sync_monitor.notices.sending.Sender.send",
        "self.store.write(lambda connection: note_under_way(connection, batch, begun_at))",
        "pass",
        tests=named(HELD_BACK, "nothing_is_sent_while_nobody_can_note_that_it_was"),
    ),
    mutation(
        "reminders of syncs that are gone",
        "nobody is reminded of a sync that the settings have no more",
        "sync_monitor.history.notices.due_notices",
        " AND {OF_DECLARED}",
        "",
        tests=named(HELD_BACK, "nobody_is_reminded_of_a_sync_that_the_settings_have_no_more"),
    ),
    mutation(
        "over though nobody saw it healed",
        "an issue whose day left the window is not said to be over",
        f"{PLANNING}.has_left",
        "issue.partition < oldest.isoformat()",
        "False",
        tests=named(NOTICES, "an_issue_whose_day_left_the_window_is_not_said_to_be_over"),
    ),
    mutation(
        "mail again because of a farewell",
        "a farewell that fails sends nothing again",
        "sync_monitor.notices.mail.Mail.send",
        "with suppress(OSError, smtplib.SMTPException):",
        "with suppress(ZeroDivisionError):",
        tests=named(CHANNELS, "a_farewell_that_fails_sends_nothing_again"),
    ),
    mutation(
        "an alert at each look",
        "an issue is one alert, however often it is seen",
        "sync_monitor.history.notices.issues_unheard_of",
        "AND NOT EXISTS (SELECT 1 FROM notice WHERE",
        "AND NOT EXISTS (SELECT 1 FROM notice WHERE 0 AND",
        tests=named(NOTICES, "an_issue_is_one_alert_however_often_it_is_seen"),
    ),
    mutation(
        "what one look saw is an alert",
        "what no second look confirmed is not said",
        "sync_monitor.history.notices.issues_unheard_of",
        "AND confirmed_at IS NOT NULL ",
        "",
        tests=named(NOTICES, "what_no_second_look_confirmed_is_not_said"),
    ),
    mutation(
        "a silence is for ever",
        "a silence ends, and what still stands is said then",
        f"{PLANNING}.take_due",
        IS_HELD,
        IS_HELD.replace(" or", f" and {CHANGED.format('ended_at=now')} or"),
        tests=named(NOTICES, "a_silence_ends_and_what_still_stands_is_said_then"),
    ),
    mutation(
        "a silence that nobody can end",
        "what waited for a silence is said once that is ended before its time",
        f"{PLANNING}.take_due",
        IS_HELD,
        IS_HELD.replace(" or", f" and {CHANGED.format('due_at=silent[-1].ends')} or"),
        tests=named(
            HELD_BACK,
            "what_waited_for_a_silence_is_said_once_that_is_ended_before_its_time",
        ),
    ),
    mutation(
        "no silence",
        "in a silence nothing is said",
        f"{POLICY}.is_silent",
        "each.sync in",
        "each.sync not in",
        tests=named(NOTICES, "a_silence_ends_and_what_still_stands_is_said_then"),
    ),
    mutation(
        "all of a sync beside Oracle's being down",
        "while Oracle is down that alone is said",
        f"{PLANNING}.take_due",
        " or facts.inhibits(issue)",
        "",
        tests=named(NOTICES, "while_oracle_is_down_that_alone_is_said"),
    ),
    mutation(
        "a message a group in a storm",
        "a storm is one message",
        f"{POLICY}.batches",
        "if len(own) > MOST_MESSAGES:",
        "if len(own) > 10**9:",
        tests=named(NOTICES, "a_storm_is_one_message_and_not_one_a_minute"),
    ),
    mutation(
        "a message a minute in a storm",
        "what comes within 15 minutes behind a storm waits",
        f"{POLICY}.opened_due",
        "if len(recent) > MOST_MESSAGES:",
        "if len(recent) > 10**9:",
        tests=named(NOTICES, "a_storm_is_one_message_and_not_one_a_minute"),
    ),
    mutation(
        "a message goes where a server sends it",
        "no redirect is followed",
        "sync_monitor.notices.posting.NoRedirects.redirect_request",
        "def redirect_request(",
        "def follow_request(",
        tests=named(CHANNELS, "a_redirect_is_not_followed"),
    ),
    mutation(
        "a server's words in the log",
        "what a server answers is its status alone",
        "sync_monitor.notices.posting.post",
        'raise NoticeFailed(f"HTTP {error.code}")',
        'raise NoticeFailed(f"HTTP {error.code} {error.reason}")',
        tests=named(CHANNELS, "what_a_server_answers_is_its_status_alone"),
    ),
)
