"""Guards of rows of any table: which rows a stretch has, their keys, what becomes of them."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import (
    ENCODING,
    ROW_KEYS,
    ROW_READING,
    ROW_SHAPE,
    ROW_SQL,
    SUBJECTS,
    named,
)

ROWS = "integration/test_rows"
KEYS = "integration/test_row_keys"
FAILURES = "integration/test_row_failures"
ENCODED = "unit/test_event_encoding"

MUTATIONS = (
    mutation(
        "the begin of a stretch left out",
        "a stretch has its begin",
        f"{ROW_SQL}.RowSql.within",
        ">= :b",
        "> :b",
        tests=named(ROWS, "a_date_is_in_a_stretch_as_its_whole_second_is"),
    ),
    mutation(
        "the end of a stretch taken in",
        "a stretch does not have its end",
        f"{ROW_SQL}.RowSql.within",
        "< :e",
        "<= :e",
        tests=named(ROWS, "digits_below_the_microsecond_are_in_one_stretch_only"),
    ),
    mutation(
        "a date cut off to the second",
        "a DATE lies before a fraction of its second exactly if it lies before the next one",
        f"{ROW_SQL}.RowSql.binds",
        "if self.is_date:",
        "if not self.is_date:",
        tests=named(ROWS, "a_date_is_in_a_stretch_as_its_whole_second_is"),
    ),
    mutation(
        "a date's bind of another type",
        "every bind has the type of the time column, so that its index serves",
        f"{ROW_SQL}.RowSql.within",
        "if self.is_date:",
        "if not self.is_date:",
        tests=named("integration/test_row_plans"),
    ),
    mutation(
        "a count of all shares",
        "a share counts the rows that it reads",
        f"{ROW_SQL}.RowSql.look_text",
        "{self.shared}",
        "",
        tests=named(ROWS, "shares_have_each_row_once_however_it_is_asked_for"),
    ),
    mutation(
        "a whole stretch read for one late row",
        "a late row costs no reading of the others",
        f"{ROW_READING}.RowReader.pick",
        "len(times) <= MOST_TIMES",
        "len(times) < 0",
        tests=named(ROWS, "a_late_row_costs_no_reading_of_the_others"),
    ),
    mutation(
        "a row taken for the repeat of another",
        "rows of one key and different times are events of their own",
        f"{ROW_KEYS}.RepeatedKeys.make",
        "@{key_text(time)}",
        "",
        tests=named(KEYS, "rows_of_a_view_are_numbered_where_key_and_time_are_the_same"),
    ),
    mutation(
        "rows of one key and time are one",
        "rows of one key and one time are events of their own",
        f"{ROW_KEYS}.RepeatedKeys.make",
        "if count == 1:",
        "if count:",
        tests=named(KEYS, "rows_of_a_view_are_numbered_where_key_and_time_are_the_same"),
    ),
    mutation(
        "a late row taken for one that was published",
        "a late row of a key and a time that are known is an event of its own",
        "oracle_cdc.oracle.row_shape.RowShape.has_rowid",
        "(self.is_placed and not self.is_key_unique)",
        "False",
        tests=named(KEYS, "a_late_row_of_a_key_and_time_that_are_known_is_found"),
    ),
    mutation(
        "two keys become one text",
        "no two keys of several columns become one text",
        f"{ROW_KEYS}.join_key",
        '.replace(SEPARATOR, "%3A")',
        "",
        tests=named(KEYS, "a_key_of_several_columns_is_one_text_that_no_other_key_has"),
    ),
    mutation(
        "a key that no store takes",
        "a key is text that any store takes",
        f"{ROW_KEYS}.key_text",
        "return sound_text(value)",
        "return value",
        tests=named(KEYS, "a_key_is_text_that_any_store_takes"),
    ),
    mutation(
        "NULLs thought unique",
        "a key that may be NULL is not unique",
        f"{ROW_SHAPE}.is_key_unique",
        "if not column.is_nullable",
        "if column.name",
        tests=named(KEYS, "rows_without_an_id_are_kept_apart_by_their_place"),
    ),
    mutation(
        "an error of Oracle that no caller foresees",
        "a source raises three errors and no other",
        f"{ROW_READING}.refusals_as_unavailable",
        "except CdcError as error:",
        "except OracleUnavailable as error:",
        tests=named(FAILURES, "what_is_refused_for_any_reason_is_tried_again"),
    ),
    mutation(
        "stuck at a time before year 1",
        "times are read as texts once the driver could not bring one",
        f"{ROW_READING}.RowReader.noting_odd_values",
        "self.is_careful = True",
        "self.is_careful = False",
        tests=named(FAILURES, "a_time_before_year_1_has_times_read_as_texts_from_then_on"),
    ),
    mutation(
        "Oracle blamed for who reads",
        "what is done between two round trips is no part of a call",
        "oracle_cdc.oracle.session.fetch_made",
        "yield rows\nif len(rows) < rows_per_fetch:",
        "with session.calling(), translated(query.what):\n"
        "    yield rows\nif len(rows) < rows_per_fetch:",
        tests=named(FAILURES, "what_is_done_between_two_batches_is_no_call_to_oracle"),
    ),
    mutation(
        "another trace_id each time",
        "a repeat has the same bytes",
        f"{ENCODING}.Encoder.body",
        "trace_id(self.namespace, row.key)",
        "trace_id(self.namespace, str(id(row)))",
        tests=named(ENCODED, "a_repeat_has_the_same_bytes"),
    ),
    mutation(
        "a text of a row in an error's cause",
        "a refused text is not shown",
        f"{ENCODING}.Encoder.__call__",
        " from None",
        "",
        tests=named(ENCODED, "text_that_is_no_utf_8_is_refused_by_its_column_and_not_shown"),
    ),
    mutation(
        "digits that are none",
        "a number that JSON does not have is refused",
        f"{ENCODING}.render_number",
        "if not NUMBER.fullmatch(text):",
        "if not text:",
        tests=named(ENCODED, "a_number_that_is_none_of_json_is_refused"),
    ),
    mutation(
        "a subject of a row's own choice",
        "no value makes more or less than one token",
        f"{SUBJECTS}.token",
        "UNSAFE.sub(",
        "re.compile('x').sub(",
        tests=named("unit/test_event_subjects"),
    ),
)
