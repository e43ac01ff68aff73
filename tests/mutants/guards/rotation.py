"""Guards of secrets that change: what is tried when, and what is read again."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import COMMANDS, LOG_IN_REFUSALS, ROTATION, named

CHANGES = "unit/test_rotation"
REFUSALS = "unit/test_refused_secrets"

MUTATIONS = (
    mutation(
        "numbers as the country writes them",
        "in thick mode numbers that come as text have a decimal point",
        "oracle_cdc.oracle.login.connect",
        "if not connection.thin:",
        "if False:",
        tests=named(
            "unit/test_oracle_login",
            "numbers_as_text_have_a_point_whatever_country_oracle_client_is_set_to",
        ),
    ),
    mutation(
        "a refused log-in repeated at once",
        "a refused secret that is the same waits before it is tried again",
        f"{LOG_IN_REFUSALS}.allow",
        "return not known.is_recent(now) and not known.is_last",
        "return not known.is_last",
        tests=named(
            CHANGES,
            "a_refused_secret_that_is_the_same_waits_and_is_tried_once_more_and_never_again",
        ),
    ),
    mutation(
        "a refused log-in repeated for ever",
        "a refused secret that is the same has two tries and never a third",
        f"{LOG_IN_REFUSALS}.allow",
        "return not known.is_recent(now) and not known.is_last",
        "return not known.is_recent(now)",
        tests=named(
            CHANGES,
            "a_refused_secret_that_is_the_same_waits_and_is_tried_once_more_and_never_again",
        ),
    ),
    mutation(
        "each new value tried at once",
        "within a pause no more than two values are refused",
        f"{LOG_IN_REFUSALS}.allow",
        "return recent < MOST_REFUSALS",
        "return recent < 10**6",
        tests=named(
            CHANGES,
            "of_a_place_that_says_something_new_each_time_two_values_are_tried_within_a_pause",
        ),
    ),
    mutation(
        "one answer counted for each thread",
        "threads that were refused together count as one refusal",
        f"{LOG_IN_REFUSALS}.add",
        "if before is not None and before.is_recent(now):",
        "if before is not None and before.is_recent(now + 10**9):",
        tests=named(CHANGES, "threads_that_were_refused_together_count_as_one_refusal"),
    ),
    mutation(
        "log-ins of many threads at a time",
        "one thread at a time logs in",
        f"{ROTATION}.Secret.log_in",
        "with self.turn:",
        "with threading.Lock():",
        tests=named(CHANGES, "of_many_threads_one_is_refused_and_all_get_in_with_the_newer_secret"),
    ),
    mutation(
        "a newer secret that nobody looks for",
        "a refused secret is read again",
        f"{ROTATION}.Secret.refuse",
        "self.read_again()",
        "pass",
        tests=named(CHANGES, "a_refused_secret_that_has_changed_is_used_at_once"),
    ),
    mutation(
        "a secret read for an older refusal",
        "who was refused with an older secret takes the newer one",
        f"{ROTATION}.Secret.refuse",
        "if is_news and value == self.value and",
        "if value != 0 and",
        tests=named(CHANGES, "who_was_refused_with_an_older_secret_takes_the_newer_one"),
    ),
    mutation(
        "the last try with what was known",
        "before the last try the secret is read once more",
        f"{ROTATION}.Secret.current",
        "if self.is_to_be_read():",
        "if self.is_final:",
        tests=named(CHANGES, "a_change_within_the_pause_is_found_before_the_last_try"),
    ),
    mutation(
        "a secret read for a locked account",
        "of a locked account no newer secret is looked for",
        f"{ROTATION}.Secret.refuse",
        " and error.may_be_outdated",
        "",
        tests=named(
            REFUSALS,
            "a_locked_account_is_tried_once_more_and_its_secret_is_not_read_for_it",
        ),
    ),
    mutation(
        "ended by a place that can't be asked",
        "a place that can't be asked is asked again, and ends nothing",
        f"{ROTATION}.Secret.is_in_doubt",
        "return self.is_unread and",
        "return False and",
        tests=named(REFUSALS),
    ),
    mutation(
        "a refusal lost for its place",
        "a place that can't be asked keeps the refusal",
        f"{ROTATION}.Secret.read_again",
        "except Exception as error:",
        "except ZeroDivisionError as error:",
        tests=named(REFUSALS),
    ),
    mutation(
        "a blank secret",
        "a secret that is blank in its place is gone",
        f"{ROTATION}.Secret.read_again",
        "if found is None or not str(found.value).strip():",
        "if found is None:",
        tests=named(REFUSALS, "a_secret_that_is_gone_from_its_place_is_waited_for"),
    ),
    mutation(
        "refusals remembered for ever",
        "what is accepted makes good every refusal before",
        f"{ROTATION}.Secret.accept",
        "self.refusals.clear()",
        "pass",
        tests=named(REFUSALS, "what_is_accepted_makes_good_every_refusal_before"),
    ),
    mutation(
        "a value in the words of a refusal",
        "nothing that is said of a secret has its value",
        f"{ROTATION}.Secret.read_again",
        "({describe(error)})",
        "({error})",
        tests=named(REFUSALS),
    ),
    mutation(
        "a backfill ended by a rotation",
        "a backfill waits for the newer password",
        f"{COMMANDS}.backfill.may_pass",
        "return parts.database.password.may_pass",
        "return False",
        tests=named("integration/test_rotation", "a_backfill_waits_for_the_newer_password"),
    ),
    mutation(
        "a backfill that waits for a wrong password",
        "a backfill ends at once with a password that was never accepted",
        f"{COMMANDS}.backfill.may_pass",
        "return parts.database.password.may_pass",
        "return True",
        tests=named(
            "integration/test_rotation",
            "a_backfill_ends_at_once_with_a_password_that_was_never_accepted",
        ),
    ),
)
