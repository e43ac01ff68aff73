"""Guards of events on their way to NATS: sizes, ids, answers, ends of connections, log-ins."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import NATS, named

REFUSALS = "nats/test_refusals"
OUTAGES = "nats/test_outages"
LOG_IN = "nats/test_log_in"
TLS = "nats/test_tls"
STREAM = "nats/test_stream"
LIMITS = "unit/test_nats_limits"
HEADERS = "unit/test_nats_headers"
TRANSLATION = "unit/test_nats_translation"
CONTRACT = "nats/test_contract"

MUTATIONS = (
    mutation(
        "NATS: headers not counted",
        "a message that its headers make too large never reaches the server",
        f"{NATS}.publisher.NatsPublisher.publish",
        "size_bytes = len(headers) + len(event.body)",
        "size_bytes = len(event.body)",
        tests=named(
            REFUSALS, "what_only_its_headers_make_too_large_is_not_sent_and_the_connection_lives"
        ),
    ),
    mutation(
        "NATS: headers as long as they are",
        "a key that is too long for JetStream keeps back its row alone",
        f"{NATS}.headers.HeaderWriter.write",
        "len(headers) > MAX_HEADER_BYTES",
        "len(headers) < 0",
        tests=named(REFUSALS, "of_keys_too_long_for_jetstream_only_the_row_is_refused"),
    ),
    mutation(
        "NATS: long subjects sent",
        "a line that the server would end the connection for is not sent",
        f"{NATS}.limits.refusal",
        "line_bytes > MAX_CONTROL_LINE_BYTES",
        "line_bytes < 0",
        tests=named(LIMITS, "a_line_that_is_too_long_for_the_server_is_refused"),
    ),
    mutation(
        "NATS: wildcards sent",
        "a wildcard in a subject is never stored as it stands",
        f"{NATS}.limits.bytes_of_subject",
        "if not SUBJECT.fullmatch(text):",
        "if not text:",
        tests=named(LIMITS, "a_subject_with_an_empty_token_a_blank_or_a_wildcard_is_refused"),
    ),
    mutation(
        "NATS: ids as they are",
        "no two ids become one",
        f"{NATS}.limits.plain_id",
        'quote(text, safe=PLAIN_IN_IDS, errors="surrogatepass")',
        "text.strip()",
        tests=named(LIMITS, "two_ids_never_become_one_and_each_is_plain"),
    ),
    mutation(
        "NATS: no id",
        "a repeat is known as one",
        f"{NATS}.headers.HeaderWriter.write",
        "plain_id(event.id).encode()",
        'b"x"',
        tests=named(CONTRACT),
        only="repeat",
    ),
    mutation(
        "NATS: any stream",
        "another stream's answer never counts",
        f"{NATS}.headers.HeaderWriter.write_begin",
        'plain["Nats-Expected-Stream"] = self.stream',
        "pass",
        tests=named(REFUSALS, "another_streams_subject_is_a_mistake_of_the_settings"),
    ),
    mutation(
        "NATS: headers of the last message",
        "each message has its own headers",
        f"{NATS}.headers.HeaderWriter.write",
        "self.headers = dict(event.headers)",
        "self.headers = event.headers",
        tests=named(HEADERS, "headers_that_are_changed_in_their_place_are_written_anew"),
    ),
    mutation(
        "NATS: an id of the event's own",
        "an event does not choose its id by a header",
        f"{NATS}.headers.HeaderWriter.write_begin",
        "plain.pop(MSG_ID, None)",
        "pass",
        tests=named(HEADERS, "an_event_sets_neither_its_id_nor_its_stream_by_a_header"),
    ),
    mutation(
        "NATS: any answer accepted",
        "another program's answer is not the stream's",
        f"{NATS}.translation.read_answer",
        "except (AttributeError, KeyError, TypeError, ValueError): return SILENCE",
        "except (AttributeError, KeyError, TypeError, ValueError): return Accepted(0, False)",
        tests=named(REFUSALS, "another_programs_answer_is_not_the_streams"),
    ),
    mutation(
        "NATS: what is under way is accepted",
        "a message without a number in the stream is not there yet",
        f"{NATS}.translation.read_answer",
        "if sequence < 1:",
        "if sequence < 0:",
        tests=named(TRANSLATION, "only_an_answer_of_jetstreams_says_what_became_of_a_message"),
    ),
    mutation(
        "NATS: what passes is a mistake",
        "a busy stream is waited for",
        f"{NATS}.translation.sort_refusal",
        "if refused.error_code in PASSING:",
        "if False:",
        tests=named(TRANSLATION, "each_code_says_who_has_to_do_something"),
    ),
    mutation(
        "NATS: silence is failure",
        "what was not answered may be kept",
        f"{NATS}.outcomes.Outcomes.outcome",
        "is_unknown=not is_kept_nowhere",
        "is_unknown=False",
        tests=named(CONTRACT),
        only="unknown",
    ),
    mutation(
        "NATS: stream not asked",
        "a missing stream is not taken for an outage",
        f"{NATS}.publisher.NatsPublisher.ask",
        "if not (is_silent or is_unheard) or not connection.is_usable:",
        "if True:",
        tests=named(REFUSALS, "a_stream_that_is_not_there_is_a_mistake_of_the_settings"),
    ),
    mutation(
        "NATS: subjects not compared",
        "only an event whose subject the stream does not take is a mistake of the settings",
        f"{NATS}.outcomes.Outcomes.explain",
        "if not takes(self.finding.subjects, event.route):",
        "if False:",
        tests=named(REFUSALS, "only_events_whose_subject_the_stream_does_not_take_fail"),
    ),
    mutation(
        "NATS: silent connection kept",
        "a server that answers nothing is left",
        f"{NATS}.publisher.NatsPublisher.ask",
        "await connection.close()",
        "pass",
        tests=named(OUTAGES, "a_frozen_server_is_left_for_the_next_one"),
    ),
    mutation(
        "NATS: end not noticed",
        "a connection that ends leaves nobody waiting",
        f"{NATS}.client.Client._close",
        "self.on_end()",
        "pass",
        tests=named(OUTAGES, "nothing_is_lost_or_stored_twice_when_the_server_is_killed_in_flight"),
    ),
    mutation(
        "NATS: a late sign of life",
        "a sign of life for which nobody waits any more ends no connection",
        f"{NATS}.client.Client._process_pong",
        "if self._pongs and self._pongs[0].done():",
        "if False:",
        tests=named(
            "nats/test_signs_of_life",
            "a_sign_of_life_for_which_nobody_waits_any_more_ends_no_connection",
        ),
    ),
    mutation(
        "NATS: handshake waited for",
        "a failed handshake does not hang",
        f"{NATS}.client.Client._close",
        "if self._reading_task is None:",
        "if False:",
        tests=named(TLS, "an_unknown_authority_is_noticed_at_once"),
    ),
    mutation(
        "NATS: the rest is written first",
        "what a frozen server has not even read is not waited for",
        f"{NATS}.client.Client._close",
        "writer.transport.abort()",
        "pass",
        tests=named(
            OUTAGES, "what_a_frozen_server_has_not_even_read_is_bounded_and_not_waited_for"
        ),
    ),
    mutation(
        "NATS: TLS optional",
        "no password is sent without TLS where TLS is asked for",
        f"{NATS}.client.Client._connect_command",
        'if self.needs_tls and not self._server_info.get("tls_required"):',
        "if False:",
        tests=named(TLS, "no_password_is_sent_to_a_server_without_tls_where_tls_is_asked_for"),
    ),
    mutation(
        "NATS: kept for later",
        "what is published while disconnected is not kept for later",
        f"{NATS}.connection.Connection.is_usable",
        "return bool(self.client.is_connected) and not self.inbox.is_over",
        "return True",
        tests=named(OUTAGES, "what_is_published_while_disconnected_is_not_kept_for_later"),
    ),
    mutation(
        "NATS: each server tried",
        "refused credentials are not tried at each server",
        f"{NATS}.connection.Connector.open",
        "except DestinationCredentialsError:",
        "except ZeroDivisionError:",
        tests=named(LOG_IN, "refused_credentials_are_not_tried_at_each_server"),
    ),
    mutation(
        "NATS: only the first server",
        "each server is tried until one lets us in",
        f"{NATS}.connection.Connector.open",
        "failures.append(error)",
        "raise",
        tests=named(OUTAGES, "each_server_is_tried_until_one_lets_us_in"),
    ),
    mutation(
        "NATS: subscription not waited for",
        "a user who may not listen for answers sends nothing",
        f"{NATS}.connection.Connection.open",
        "if self.is_complaint(SUBSCRIBE_DENIED):",
        "if False:",
        tests=named(LOG_IN, "a_user_who_may_not_listen_for_answers_is_a_mistake_of_the_settings"),
    ),
    mutation(
        "NATS: denied waits",
        "what the user may not publish is refused at once",
        f"{NATS}.connection.Connection.note_error",
        "if PUBLISH_DENIED in str(error):",
        "if False:",
        tests=named(LOG_IN, "only_what_the_user_may_not_publish_is_refused_and_at_once"),
    ),
    mutation(
        "NATS: no bound in flight",
        "no more than what may be in flight goes to a server that does not answer",
        f"{NATS}.inbox.Inbox.is_full",
        "return is_large or len(self.waiting) >= self.max_in_flight",
        "return False",
        tests=named(
            OUTAGES, "no_more_than_what_is_in_flight_goes_to_a_server_that_does_not_answer"
        ),
    ),
    mutation(
        "NATS: no bound of bytes",
        "what a frozen server has not even read is bounded",
        f"{NATS}.inbox.Inbox.is_full",
        "return is_large or",
        "return",
        tests=named(
            OUTAGES, "what_a_frozen_server_has_not_even_read_is_bounded_and_not_waited_for"
        ),
    ),
    mutation(
        "NATS: full is a mistake",
        "a full stream is waited for",
        f"{NATS}.translation.sort_refusal",
        "if refused.error_code == STREAM_FULL:",
        "if False:",
        tests=named(REFUSALS, "a_full_stream_takes_nothing_until_it_has_room"),
    ),
    mutation(
        "NATS: stream changed",
        "a stream that is there stays as it is",
        f"{NATS}.stream.create",
        "else: return False",
        "",
        tests=named(STREAM, "a_stream_that_is_there_stays_as_it_is"),
    ),
    mutation(
        "NATS: discards",
        "a created stream refuses what is new when it is full",
        f"{NATS}.stream.create",
        "discard=DiscardPolicy.NEW",
        "discard=DiscardPolicy.OLD",
        tests=named(STREAM, "a_created_stream_refuses_what_is_new_when_it_is_full"),
    ),
    mutation(
        "NATS: what each subject pushes out",
        "a stream that discards old messages of a subject is never shown as one that keeps all",
        f"{NATS}.stream.lost_by_limits",
        "elif per_subject > 0 and not config.discard_new_per_subject:",
        "elif False:",
        tests=named(STREAM, "a_limit_for_each_subject_is_said_where_it_discards_what_is_old"),
    ),
)
