"""Guards of the processor: nothing lost, nothing kept too soon, each key in order."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

PUBLISHING = "oracle_cdc.processor.publishing"
READING = "oracle_cdc.processor.reading"
RUN = f"{PUBLISHING}.processing.Run"
LOT = f"{PUBLISHING}.records.Lot"
REQUESTS = f"{PUBLISHING}.requests.Requests"
WORK = f"{READING}.shard.ShardWork"
HELD = f"{READING}.held_lease.HeldLease"
LAMBDAS = "oracle_cdc.lambdas"
PROCESSING, BLAME = "processor/test_processing", "processor/test_blame"
SHARDS, LEASES = "processor/test_shards", "processor/test_leases"
PIPELINE, REDRIVING = "processor/test_pipeline", "processor/test_redriving"
FUNCTION, FUNCTIONS = "lambdas/test_cdc_processor", "lambdas/test_other_functions"

MUTATIONS = (
    mutation(
        "processor: all records of a key at once",
        "of a key one record is on its way at a time",
        f"{LOT}.next_turn",
        "turn.append(queue[0])",
        "turn.extend(queue)",
        tests=named(
            PROCESSING,
            "a_key_whose_event_is_not_accepted_holds_its_later_ones_back_and_no_other",
        ),
    ),
    mutation(
        "processor: later records go past one that waits",
        "a key whose event was not accepted keeps its later ones waiting",
        f"{RUN}.wait",
        "self.lot.keep_waiting(item)",
        "queue = self.lot.queues[item.key]\nqueue.popleft()\nif not queue:\n"
        "    del self.lot.queues[item.key]",
        tests=named(
            PROCESSING,
            "a_key_whose_event_is_not_accepted_holds_its_later_ones_back_and_no_other",
        ),
    ),
    mutation(
        "processor: a record that no rule foresaw stops its shard",
        "no record stops those behind it, whatever it makes fail",
        f"{PUBLISHING}.preparing.refuse",
        "except Exception as error:",
        "except ZeroDivisionError as error:",
        tests=named(PROCESSING, "a_record_that_nobody_foresaw_stops_nothing_behind_it"),
    ),
    mutation(
        "processor: a lease without a reader",
        "a shard that was taken before a look failed is read",
        "oracle_cdc.processor.legs.ProcessorLeg.see_to_the_rest",
        "finally:",
        "except ZeroDivisionError:\n    pass\nelse:",
        tests=named(PIPELINE, "a_shard_that_was_taken_before_a_look_failed_is_read"),
    ),
    mutation(
        "processor: an outage counts tries",
        "an outage counts no try and fills no queue",
        f"{RUN}.take",
        "isinstance(sent.error, ChangeRefused)",
        "isinstance(sent.error, CdcError)",
        tests=named(BLAME, "an_outage_counts_no_try_and_fills_no_queue"),
    ),
    mutation(
        "processor: a dead letter that was not taken counts as settled",
        "where the queue of dead letters is down the record waits",
        f"{RUN}.write_letter",
        "self.wait(item, failure)",
        "self.lot.settle(item)",
        tests=named(PROCESSING, "where_the_queue_is_down_the_shard_waits_and_other_keys_go_on"),
    ),
    mutation(
        "processor: an invalid change tried again",
        "what will never be an event is tried once",
        f"{PUBLISHING}.tries.Tries.are_over",
        "not isinstance(error, TRIED_AGAIN) or",
        "",
        tests=named(
            PROCESSING,
            "what_will_never_be_an_event_is_a_dead_letter_at_once_and_the_next_goes_on",
        ),
    ),
    mutation(
        "processor: waits without a limit",
        "waits between tries end at their limit",
        f"{PUBLISHING}.tries.Tries.wait_seconds",
        "self.waits.after(attempts - 1)",
        "self.waits.initial_seconds * 2 ** (attempts - 1)",
        tests=named(PROCESSING, "waits_between_tries_end_at_their_limit"),
    ),
    mutation(
        "processor: guilty without another that passes",
        "a failure is an event's own only if the bus takes another",
        f"{REQUESTS}.takes_another",
        "return False",
        "return True",
        tests=named(BLAME, "a_lone_event_is_guilty_only_if_the_bus_takes_another"),
    ),
    mutation(
        "processor: an event of a part of the bus that is ill given up at once",
        "an event that the bus alone of all does not take waits a minute",
        f"{REQUESTS}.is_overdue",
        ">= PATIENCE_SECONDS",
        ">= 0",
        tests=named(BLAME, "an_event_that_the_bus_alone_of_all_does_not_take_waits_a_minute"),
    ),
    mutation(
        "processor: a bus that is down asked by every request",
        "a bus that takes nothing is asked seldom",
        f"{REQUESTS}.deliver",
        "if not self.breaker.allows():",
        "if False:",
        tests=named(BLAME, "a_bus_that_takes_nothing_is_asked_seldom"),
    ),
    mutation(
        "processor: integers of any length",
        "an integer that the bus can't hold is found before it is sent",
        f"{PUBLISHING}.preparing.make_entry",
        "or find_excess_of(change)",
        "",
        tests=named(
            PROCESSING,
            "what_will_never_be_an_event_is_a_dead_letter_at_once_and_the_next_goes_on",
        ),
    ),
    mutation(
        "processor: numbers compared as texts",
        "the lowest sequence number is found by its value",
        f"{PUBLISHING}.records.Verdict.first_unsettled",
        "key=lambda record: record.number",
        "key=lambda record: record.place.sequence_number",
        tests=named(PROCESSING, "the_lowest_number_is_found_by_its_value"),
    ),
    mutation(
        "processor: checkpoint before publishing",
        "nothing is kept as settled before the bus has accepted it",
        f"{WORK}.keep",
        "items[count].is_settled",
        "True",
        tests=named(SHARDS, "nothing_is_kept_as_settled_before_the_bus_has_accepted_it"),
    ),
    mutation(
        "processor: a checkpoint that failed is passed",
        "a checkpoint that can't be kept is not passed",
        f"{WORK}.write",
        "raise",
        "",
        tests=named(SHARDS, "a_checkpoint_that_can_not_be_kept_is_not_passed"),
    ),
    mutation(
        "processor: a frozen holder publishes",
        "a process that was frozen publishes only after it has renewed",
        f"{HELD}.is_ours",
        "and self.clock() < self.until",
        "",
        tests=named(LEASES, "a_holder_that_was_frozen_publishes_only_after_it_has_renewed"),
    ),
    mutation(
        "processor: a lost lease goes on",
        "a lease that was taken away publishes nothing more",
        f"{HELD}.write",
        "self.is_lost = True\nself.over.set()\nreturn",
        "return",
        tests=named(LEASES, "a_reset_while_a_copy_reads_takes_its_lease_and_brings_all_again"),
    ),
    mutation(
        "processor: a shard that has ended started again",
        "a loop is started once",
        "oracle_cdc.processor.legs.Reading.start",
        "if self.loop.thread.ident is None:",
        "if not self.loop.thread.is_alive():",
        tests=named(PIPELINE, "a_shard_that_has_ended_before_the_next_look_is_not_started_again"),
    ),
    mutation(
        "processor: events to a bus that is not there",
        "nothing is published before the bus was seen",
        "oracle_cdc.processor.legs.ProcessorLeg.see_to_the_rest",
        "self.startup.ensure()",
        "self.processor.bus_is_there.set()",
        tests=named(PIPELINE, "nothing_is_published_to_a_bus_that_is_not_there"),
    ),
    mutation(
        "processor: a bus that went is not noticed",
        "a bus that goes stops publishing at the next look",
        "oracle_cdc.processor.startup.Startup.ensure_bus",
        "self.processor.bus_is_there.clear()",
        "pass",
        tests=named(PIPELINE, "a_bus_that_goes_stops_publishing_at_the_next_look"),
    ),
    mutation(
        "processor: a stream without order",
        "a stream that ignores partition keys is refused",
        "oracle_cdc.aws.kinesis.stream.require_order_of_keys",
        "if not facts.distribution_is_by_key:",
        "if False:",
        tests=named(PIPELINE, "a_stream_without_order_is_refused"),
    ),
    mutation(
        "processor: names of passing codes not read",
        "RETRYABLE_ERRORS are waited for",
        "oracle_cdc.processor.edges.make_edges",
        "passing_codes=settings.retry.retryable_errors",
        "passing_codes=()",
        tests=named(PIPELINE, "what_is_named_as_passing_counts_no_try"),
    ),
    mutation(
        "processor: a heartbeat is an event",
        "a heartbeat shows how long the way is and is no event",
        f"{RUN}.begin",
        "if item.change is not None and is_heartbeat(item.change):",
        "if False:",
        tests=named(PIPELINE, "a_heartbeat_shows_how_long_the_way_is_and_is_no_event"),
    ),
    mutation(
        "processor: letters deleted whatever became of them",
        "a letter leaves its queue only once it is settled",
        "oracle_cdc.processor.redriving.Redriving.redrive",
        "if item is None or not item.is_settled:",
        "if item is None:",
        tests=named(REDRIVING, "a_letter_stays_while_the_bus_takes_nothing"),
    ),
    mutation(
        "processor: attempts of a letter begin anew",
        "what fails again has one attempt more",
        "oracle_cdc.processor.redriving.Redriving.open_one",
        ", attempts=letter.attempts",
        "",
        tests=named(REDRIVING, "what_fails_again_is_a_letter_with_one_attempt_more"),
    ),
    mutation(
        "processor: a letter without its change is tried",
        "a letter of a change that came to no stream stays as it is",
        "oracle_cdc.changes.rules.dead_letters.read_original",
        "any(name not in original for name in IMAGES) or ",
        "",
        tests=named(REDRIVING, "a_letter_of_a_change_that_came_to_no_stream_stays_as_it_is"),
    ),
    mutation(
        "processor: the bus blamed for the stream",
        "each of AWS's services is blamed for its own failures alone",
        "oracle_cdc.processor.readiness_reasons.is_bus",
        "not is_stream(error)",
        "True",
        tests=named(PIPELINE, "the_stream_is_blamed_for_its_own_outage_and_the_bus_is_not"),
    ),
    mutation(
        "processor: a bus that fails each event is well",
        "what the bus answers of each event by itself is its failure, too",
        "oracle_cdc.processor.readiness_reasons.is_bus",
        "is_destination(error)",
        "False",
        tests=named("processor/test_readiness"),
    ),
    mutation(
        "lambdas: every record that waits is named",
        "the answer names the lowest record alone",
        f"{LAMBDAS}.cdc_processor.handler",
        'failures.append({"itemIdentifier": verdict.first_unsettled})',
        "for record in reversed(verdict.unsettled):\n"
        '    failures.append({"itemIdentifier": record.place.sequence_number})',
        tests=named(
            "lambdas/test_answers", "of_several_records_that_wait_the_lowest_alone_is_named"
        ),
    ),
    mutation(
        "lambdas: publishing beyond the invocation's time",
        "nothing is published once the time is over",
        f"{LAMBDAS}.container.TimeLeft.is_left",
        "monotonic() < self.until",
        "True",
        tests=named(FUNCTION, "nothing_is_published_once_the_time_is_over"),
    ),
    mutation(
        "lambdas: a bus that was not seen",
        "a function publishes only to a bus that is there",
        f"{LAMBDAS}.cdc_processor.process",
        "container.startup.ensure_bus()",
        "",
        tests=named(FUNCTION, "a_bus_that_is_not_there_is_an_error_of_the_function"),
    ),
    mutation(
        "lambdas: letters without a rest",
        "a letter that SQS brings at once rests first",
        f"{LAMBDAS}.dead_letter_processor.is_due",
        ">= REST",
        ">= -REST * 100_000_000",
        tests=named(FUNCTIONS, "a_letter_that_sqs_brings_at_once_rests_first"),
    ),
)
