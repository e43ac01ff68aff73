"""Guards of the commands of events: what is counted, what is only looked at, what is refused."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

COMMANDS = "oracle_cdc.commands.events"
STANDING = "oracle_cdc.mariadb.program_standing"
BALANCE = "unit/test_events_balance"
CHECK = "acceptance/eventcommands/test_check"
STREAM = "acceptance/eventcommands/test_init_stream"
STORE = "mariadb/test_standing"

MUTATIONS = (
    mutation(
        "events: what was discarded is forgotten at once",
        "a row that a person discarded is not published",
        "oracle_cdc.commands.events.failures.FailedEvents.discard",
        "self.table.discard(",
        "self.table.remove(",
        tests=named(
            "acceptance/eventcommands/test_status",
            "a_row_that_a_person_discarded_is_not_published",
        ),
    ),
    mutation(
        "events: what was discarded is kept for good",
        "what a person gave up goes with the slices of its time",
        "oracle_cdc/mariadb/queries.sql:forget_discarded",
        "ROW_TIME < %(before)s",
        "ROW_TIME < '1900-01-01'",
        tests=named(
            "mariadb/test_set_aside", "what_a_person_gave_up_goes_with_the_slices_of_its_time"
        ),
    ),
    mutation(
        "events: a locked row that was discarded keeps progress",
        "what a person gave up and somebody has locked goes later and keeps no progress",
        "oracle_cdc.mariadb.tracking.MariaDbTracking.forget_before",
        "except CdcError as failure:",
        "except KeyError as failure:",
        tests=named(
            "mariadb/test_set_aside",
            "what_a_person_gave_up_and_somebody_has_locked_goes_later_and_keeps_no_progress",
        ),
    ),
    mutation(
        "events: what was discarded and is refused again counts twice",
        "a row that was given up and is refused once more is set aside alone",
        "oracle_cdc/mariadb/queries.sql:count_aside_by_slice",
        "b.ROW_KEY = a.ROW_KEY",
        "b.ROW_KEY = ''",
        tests=named(
            "mariadb/test_set_aside",
            "a_row_that_was_given_up_and_is_refused_once_more_is_set_aside_alone",
        ),
    ),
    mutation(
        "status: a deletion hides a miss",
        "rows that are gone in one slice hide no miss in another",
        "oracle_cdc.relay.balance.weigh",
        "handled = min(count, known.tallies.get(begin, 0))",
        "handled = known.tallies.get(begin, 0)",
        tests=named(BALANCE, "rows_that_are_gone_in_one_slice_hide_no_miss_in_another"),
    ),
    mutation(
        "status: what is set aside and gone is counted",
        "rows that were set aside and are gone are not counted",
        "oracle_cdc.relay.balance.weigh",
        "put_aside = min(handled, known.aside.get(begin, 0))",
        "put_aside = known.aside.get(begin, 0)",
        tests=named(BALANCE, "rows_that_were_set_aside_and_are_gone_are_not_counted"),
    ),
    mutation(
        "status: a cut slice is not known",
        "a slice that is cut off is known by its begin on the grid",
        "oracle_cdc.relay.balance.weigh",
        "begin = known.grid.begin(slice.begin)",
        "begin = slice.begin",
        tests=named(BALANCE, "a_slice_that_is_cut_off_is_known_by_its_begin_on_the_grid"),
    ),
    mutation(
        "status: a person's move is not followed",
        "it is what the next copy goes on from, wherever a person puts it",
        f"{STANDING}.read_standing",
        "follow_move(read_progress(row, mark, tallies), grid)",
        "read_progress(row, mark, tallies)",
        tests=named(STORE, "it_is_what_the_next_copy_goes_on_from_wherever_a_person_puts_it"),
    ),
    mutation(
        "check: a stream that is missing always passes",
        "before anything was made each thing that is missing has its remedy",
        f"{COMMANDS}.check.check_stream",
        "if not settings.nats.create_stream:",
        "if False:",
        tests=named(CHECK, "before_anything_was_made_each_thing_that_is_missing_has_its_remedy"),
    ),
    mutation(
        "check: a right to publish that lacks is passed over",
        "the right to publish is asked of the server",
        f"{COMMANDS}.check.check_rights",
        "    if lacking:\n",
        "    if False:\n",
        tests=named(CHECK, "the_right_to_publish_is_asked_of_the_server"),
    ),
    mutation(
        "init-stream: ids are forgotten within the overlap",
        "bounds that cannot be are usage",
        f"{COMMANDS}.init_stream.find_mistakes",
        "if known < wanted_seconds:",
        "if False:",
        tests=named(STREAM, "bounds_that_cannot_be_are_usage"),
    ),
)
