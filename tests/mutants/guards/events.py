"""Guards of events as a pipeline: its leg, its start, several pipelines in one process."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

EVENTS = "oracle_cdc.events"
LEG = "integration/test_events_leg"
RUN = "acceptance/test_run_events"
SHARES = "integration/test_events_shares"

MUTATIONS = (
    mutation(
        "events: a backlog waits for the next poll",
        "a step runs cycles until nothing is left",
        f"{EVENTS}.legs.EventsLeg.run_cycle",
        "return self.is_working and bool(read) and not relay.is_at_end",
        "return False",
        tests=named(LEG, "a_step_runs_cycles_until_nothing_is_left"),
    ),
    mutation(
        "events: an idle step never ends",
        "a step that finds nothing is one cycle",
        f"{EVENTS}.legs.EventsLeg.run_cycle",
        "return self.is_working and bool(read) and not relay.is_at_end",
        "return self.progress.counts['event_cycles'] < 9",
        tests=named(LEG, "a_step_that_finds_nothing_is_one_cycle"),
    ),
    mutation(
        "events: a failure is not written down",
        "what fails stands in ETL_PRMREC",
        f"{EVENTS}.legs.EventsLeg.run_cycles",
        "                self.events.forget()\n            self.events.tracking.fail(error)",
        "                self.events.forget()",
        tests=named(LEG, "what_fails_stands_in_etl_prmrec_until_something_succeeds"),
    ),
    mutation(
        "events: the former table for ever",
        "a table that is not as it was is looked at anew",
        f"{EVENTS}.legs.EventsLeg.run_cycles",
        "if isinstance(error, OracleConfigurationError):",
        "if False:",
        tests=named(LEG, "a_table_that_is_not_as_it_was_is_looked_at_anew"),
    ),
    mutation(
        "events: a refused password is tried for ever",
        "a refused password ends the process at the second try",
        f"{EVENTS}.legs.EventsLeg.run_cycles",
        "            refuse(self.events.oracle, error)",
        "            raise",
        tests=named(LEG, "a_refused_password_ends_the_process_at_the_second_try"),
    ),
    mutation(
        "events: a copy that stands by fails",
        "a copy stands by until the other one is gone",
        f"{EVENTS}.legs.EventsLeg.step",
        "except HeldElsewhere as error:",
        "except ZeroDivisionError as error:",
        tests=named(LEG, "a_copy_stands_by_until_the_other_one_is_gone"),
    ),
    mutation(
        "events: swept while paused",
        "a paused program sends nothing",
        f"{EVENTS}.legs.EventsLeg.use_pause",
        "if not self.is_working:",
        "if False:",
        tests=named(LEG, "a_pause_is_noted_once_and_its_end_too"),
    ),
    mutation(
        "events: no word of what endangers them",
        "what endangers events in the stream is said at the start",
        f"{EVENTS}.startup.Startup.ensure_stream",
        "for danger in self.publisher.facts().endangered:",
        "for danger in ():",
        tests=named(LEG, "what_endangers_events_in_the_stream_is_said_once"),
    ),
    mutation(
        "events: the stream is asked about itself again and again",
        "the stream is asked once",
        f"{EVENTS}.startup.Startup.ensure_stream",
        "        self.has_stream = True",
        "        pass",
        tests=named(LEG, "what_endangers_events_in_the_stream_is_said_once"),
    ),
    mutation(
        "events: a hang of MariaDB outlives the stop",
        "a call that still runs at the stop limit is interrupted",
        f"{EVENTS}.wiring.Events.cancel",
        "self.tracking.cancel()",
        "pass",
        tests=named(RUN, "sigterm_ends_it_within_ten_seconds_while_mariadb_hangs"),
    ),
    mutation(
        "shares: what the former ones left is forgotten",
        "a slice is taken as handled only where the former shares handled all of it",
        "oracle_cdc.relay.adoption.adopt",
        "if count == former.tallies.get(relay.grid.begin(slice.begin), 0):",
        "if True:",
        tests=named(SHARES, "what_was_published_is_not_read_again"),
    ),
    mutation(
        "shares: all is published again",
        "what the former shares handled is not read again",
        "oracle_cdc.relay.adoption.adopt",
        "if count == former.tallies.get(relay.grid.begin(slice.begin), 0):",
        "if False:",
        tests=named(SHARES, "what_was_published_is_not_read_again"),
    ),
    mutation(
        "shares: half a group is followed",
        "shares of another number are followed only where all of them are there",
        "oracle_cdc.mariadb.former.read_former",
        "if len(group) == others_count and run > newest_run:",
        "if run > newest_run:",
        tests=named(SHARES, "a_group_of_which_one_is_missing_is_not_followed"),
    ),
    mutation(
        "shares: what a person moved is followed",
        "a watermark that a person moved is no sign of what was handled",
        "oracle_cdc.mariadb.former.make_former",
        "if mark.is_moved or mark.exact is None",
        "if mark.exact is None",
        tests=named(SHARES, "a_watermark_that_a_person_set_back_is_not_followed"),
    ),
    mutation(
        "shares: a pause is passed over",
        "a program that a person paused begins nothing",
        "oracle_cdc.events.legs.EventsLeg.begin",
        "                return",
        "                pass",
        tests=named(SHARES, "a_pause_keeps_a_new_share_from_beginning"),
    ),
    mutation(
        "shares: back to where it was long ago",
        "shares of another number that ran later are followed",
        "oracle_cdc.mariadb.former.read_former",
        "newest_run = last_run([own_group[number]])",
        "newest_run = datetime(9999, 1, 1)",
        tests=named(SHARES, "back_to_the_former_number_goes_on_where_the_others_were"),
    ),
    mutation(
        "pipelines: mistakes of the first one alone",
        "what is wrong in all pipelines is listed",
        "oracle_cdc.programs.load_enabled",
        "events = read_one(EventsSettings, sources, CONVERSATION_NAMES, mistakes)",
        "events = mistakes or read_one(EventsSettings, sources, CONVERSATION_NAMES, mistakes)",
        tests=named(RUN, "what_is_wrong_in_both_pipelines_is_listed_once_and_all_of_it"),
    ),
    mutation(
        "pipelines: the same mistake twice",
        "what is wrong in several pipelines alike is listed once",
        "oracle_cdc.programs.load_enabled",
        "raise Mistakes(list(dict.fromkeys(mistakes)))",
        "raise Mistakes(mistakes)",
        tests=named(RUN, "what_is_wrong_in_both_pipelines_is_listed_once_and_all_of_it"),
    ),
    mutation(
        "pipelines: ready with one that is not",
        "one pipeline that is not ready says so for all",
        "oracle_cdc.watching.together.Together.is_ready",
        "return all(part.is_ready() for part in self.parts)",
        "return any(part.is_ready() for part in self.parts)",
        tests=named("unit/test_together"),
    ),
    mutation(
        "pipelines: a dependency that fails for the second one is well",
        "what several pipelines need is well only where it is for all",
        "oracle_cdc.watching.together.Together.dependencies",
        "if before is None or before.ok:",
        "if before is None:",
        tests=named("unit/test_together"),
    ),
)
