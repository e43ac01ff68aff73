"""Guards of the lakes that answer SQL from afar: what would count too little, or wait for ever."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

TRINO = "lakes/test_trino"
CONTRACT = "lakes/test_contract"
HEALING = "lakes/test_lake_runbooks"
HIVE = "lakes/test_hive"
DUCK = "monitor/test_duck_lake"
RELATIONS = "sync_monitor.runbooks.relations"
KEYS = "monitor/test_runbook_keys"

MUTATIONS = (
    mutation(
        "times with a zone by the clocks of this host",
        "a time with a zone is the lake's, wherever the monitor runs",
        "sync_monitor.lake.duck.DuckLake.open",
        'f"SET TimeZone = {quote_text(sync.lake_zone.key, self.dialect)}"',
        "\"SET TimeZone = 'Asia/Tokyo'\"",
        tests=named(DUCK, "a_time_with_a_zone_is_the_lakes_wherever_the_monitor_runs"),
    ),
    mutation(
        "times with a zone are UTC's",
        "a time with a zone is the lake's, wherever the monitor runs",
        "sync_monitor.lake.duck.DuckTable.newest",
        "SELECT CAST(MAX(TRY_CAST(stats_max_value AS TIMESTAMPTZ)) AS TIMESTAMP), ",
        "SELECT MAX(TRY_CAST(stats_max_value AS TIMESTAMP)), ",
        tests=named(DUCK, "a_time_with_a_zone_is_the_lakes_wherever_the_monitor_runs"),
    ),
    mutation(
        "times of Hive in milliseconds",
        "a time of Hive is no work of DATE_FORMAT, which had milliseconds alone",
        "sync_monitor.rows.canonical.time_text",
        "f\"RPAD(CONCAT(SUBSTR({text}, 1, 19), '.', SUBSTR({text}, 21)), 26, '0')\"",
        "f\"DATE_FORMAT({name}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')\"",
        tests=named(
            "monitor/test_canonical",
            "a_time_of_hive_is_no_work_of_date_format_which_had_milliseconds_alone",
        ),
    ),
    mutation(
        "files that were replaced count",
        "a table whose log says which files count is not measured",
        "sync_monitor.lake.files.require_plain",
        "if os.path.lexists(directory / name):",
        "if False:",
        tests=named(DUCK, "a_table_whose_log_says_which_files_count_is_not_measured"),
    ),
    mutation(
        "a day with text behind it is a day",
        "only a whole day or hour is the name of a partition",
        "sync_monitor.rules.periods.strays",
        ".fullmatch(key)",
        ".match(key)",
        tests=named("monitor/test_periods", "only_a_whole_day_or_hour_is_the_name_of_a_partition"),
    ),
    mutation(
        "times of Oracle are rounded",
        "of a time all digits behind the sixth are cut off and never rounded",
        "sync_monitor.rows.canonical.oracle_text",
        "CAST({name} AS TIMESTAMP(9))",
        "CAST({name} AS TIMESTAMP)",
        tests=named(
            "monitor/test_canonical",
            "a_time_that_a_driver_read_is_the_one_that_oracle_has",
        ),
    ),
    mutation(
        "times of DuckDB are rounded",
        "of a time all digits behind the sixth are cut off",
        "sync_monitor.rows.canonical.time_text",
        "STRFTIME({name}, ",
        "STRFTIME(CAST({name} AS TIMESTAMP), ",
        tests=named(CONTRACT, "of_a_time_all_digits_behind_the_sixth_are_cut_off"),
    ),
    mutation(
        "times of Trino are rounded",
        "of a time all digits behind the sixth are cut off",
        "sync_monitor.rows.canonical.time_text",
        "SUBSTR(CAST(CAST({name} AS TIMESTAMP(9)) AS VARCHAR), 1, 26)",
        "CAST(CAST({name} AS TIMESTAMP(6)) AS VARCHAR)",
        tests=named(CONTRACT, "of_a_time_all_digits_behind_the_sixth_are_cut_off"),
    ),
    mutation(
        "times of Trino in microseconds",
        "times of Trino are compared with all of their digits",
        "sync_monitor.lake.trino.TrinoLake.connect",
        'session_properties={f"{catalog}.{PRECISION}": NANOSECONDS},',
        'session_properties={f"{catalog}.{PRECISION}": "MICROSECONDS"},',
        tests=named(CONTRACT, "of_a_time_all_digits_behind_the_sixth_are_cut_off"),
    ),
    mutation(
        "a runbook of Trino joins times in milliseconds",
        "rows whose key has a time are not added again",
        "sync_monitor.runbooks.writing.with_all_digits",
        "if runbook is None or repair.dialect is not Dialect.TRINO:",
        "if True:",
        tests=named(HEALING, "rows_whose_key_has_a_time_are_not_added_again"),
    ),
    mutation(
        "DuckDB leaves out other signs than blanks",
        "of a CHAR blanks alone are left out",
        "sync_monitor.rows.canonical.trimmed_text",
        "trimmed = f\"RTRIM({name}, ' ')\"",
        'trimmed = f"RTRIM({name})"',
        tests=named(CONTRACT, "of_a_char_blanks_alone_are_left_out"),
    ),
    mutation(
        "Trino leaves out other signs than blanks",
        "of a CHAR blanks alone are left out",
        "sync_monitor.rows.canonical.trimmed_text",
        "TRIM(TRAILING ' ' FROM CAST({name} AS VARCHAR))",
        "RTRIM(CAST({name} AS VARCHAR))",
        tests=named(CONTRACT, "of_a_char_blanks_alone_are_left_out"),
    ),
    mutation(
        "a runbook joins raw keys",
        "both sides of a key are compared by the texts of the comparison",
        f"{RELATIONS}.same_key",
        "here, there = texts(column, repair.dialect)",
        "here, there = in_source(column.name, repair.dialect), in_lake(column, repair.dialect)",
        tests=named(KEYS, "rows_whose_keys_the_comparison_takes_as_one_are_never_loaded_again"),
    ),
    mutation(
        "no value in a key is no row of the lake",
        "a row of the lake is there whatever is NULL in its key",
        f"{RELATIONS}.not_in_lake",
        'f"{LAKE}.{quote_name(repair.sync.partition_column, repair.dialect)} IS NULL"',
        'f"{in_lake(key_columns(repair)[-1], repair.dialect)} IS NULL"',
        tests=named(KEYS, "rows_whose_keys_the_comparison_takes_as_one_are_never_loaded_again"),
    ),
    mutation(
        "no value in a key is no row of Oracle",
        "a row of Oracle is there whatever is NULL in its key",
        f"{RELATIONS}.not_in_source",
        "in_source(repair.sync.time_column, repair.dialect)",
        "in_source(repair.sync.keys[-1], repair.dialect)",
        tests=named(KEYS, "only_rows_that_differ_to_the_comparison_are_shown"),
    ),
    mutation(
        "a runbook shows raw differences",
        "contents are compared by the texts of the comparison",
        f"{RELATIONS}.other_contents",
        'f"{here} <> {there}"',
        'f"{in_source(column.name, repair.dialect)} IS DISTINCT FROM "'
        " + in_lake(column, repair.dialect)",
        tests=named(KEYS, "only_rows_that_differ_to_the_comparison_are_shown"),
    ),
    mutation(
        "doubles by raw keys",
        "doubles are counted by the texts of the comparison",
        "sync_monitor.runbooks.writing.doubles",
        "by.append(texts(column, repair.dialect)[1])",
        "by.append(in_lake(column, repair.dialect))",
        tests=named(KEYS, "only_rows_that_differ_to_the_comparison_are_shown"),
    ),
    mutation(
        "half of a load is published",
        "files that a loader left are published only if they have Oracle's rows in number",
        "sync_monitor.runbooks.writing.publication",
        "= (SELECT COUNT(*) FROM {source(repair)}",
        ">= 0 OR 0 = (SELECT COUNT(*) FROM {source(repair)}",
        tests=named("monitor/test_runbook_files", "files_of_half_a_load_stay_where_they_lie"),
    ),
    mutation(
        "a key without a text is joined",
        "rows whose key the comparison can't read have no runbook",
        "sync_monitor.rows.canonical.columns_of_key",
        "if column is None or column.kind is Kind.OTHER:",
        "if column is None:",
        tests=named(KEYS, "rows_whose_key_the_comparison_can_not_read_have_no_runbook"),
    ),
    mutation(
        "an answer that ends too soon is whole",
        "an answer of Trino that loses the address of the next is no list of partitions",
        "sync_monitor.lake.trino.TrinoTable.ask",
        'if cursor.stats.get("state") != FINISHED:',
        "if False:",
        tests=named(TRINO, "an_answer_that_ends_too_soon_is_no_list_of_partitions"),
    ),
    mutation(
        "a mute Trino is waited for",
        "a request has a deadline",
        "sync_monitor.lake.trino.TrinoLake.connect",
        "request_timeout=self.statement_seconds + GRACE_SECONDS,",
        "request_timeout=6.0,",
        tests=named(TRINO, "a_mute_coordinator_is_given_up"),
    ),
    mutation(
        "rows of all partitions",
        "every statement about rows names a partition",
        "sync_monitor.lake.sql_tables.SqlTable.rows",
        'f"{self.column} = {self.value(key)}"',
        '"TRUE"',
        tests=named(TRINO, "every_statement_about_rows_names_a_partition"),
    ),
    mutation(
        "a date is a text to Trino",
        "a partition's column that is a DATE is compared with a DATE",
        "sync_monitor.lake.trino.TrinoTable.value",
        'if self.partition_type == "date":',
        "if False:",
        tests=named(TRINO, "dates_as_partitions_are_compared_as_dates"),
    ),
    mutation(
        "a mute Hive is waited for",
        "a request of Hive has a deadline",
        "sync_monitor.lake.hive.HiveLake.connect",
        "timeout=self.statement_seconds,",
        "timeout=6.0,",
        tests=named(HIVE, "a_mute_server_is_given_up"),
    ),
    mutation(
        "a stale list of files is what there is",
        "a server that knows files which are gone is asked to look again",
        "sync_monitor.lake.hive.HiveTable.ask",
        'if error.state_code != "LAKE-VANISHED":',
        "if True:",
        tests=named(HIVE, "a_stale_list_of_files_is_refreshed_once"),
    ),
    mutation(
        "a variable in a key of Hive",
        "a text with $ never reaches Hive, which may replace what follows",
        "sync_monitor.rows.dialects.quote_text",
        'if "$" in text:',
        "if False:",
        tests=named(HIVE, "a_key_that_a_server_would_replace_is_refused"),
    ),
    mutation(
        "an engine without an address",
        "a sync whose engine has no address is a mistake of the settings",
        "oracle_cdc.settings.lake_kinds.lakes_nowhere",
        "if urls[engine] is None:",
        "if False:",
        tests=named(
            "unit/test_lake_settings", "an_engine_without_an_address_is_a_mistake_of_each_sync"
        ),
    ),
    mutation(
        "a password of Trino in the clear",
        "a password goes to Trino by https alone",
        "oracle_cdc.settings.lake_kinds.trino_server",
        'if found.password and found.scheme != "https":',
        "if False:",
        tests=named(
            "unit/test_lake_settings",
            "an_address_that_is_no_coordinators_is_refused_and_not_shown",
        ),
    ),
    mutation(
        "a key of a partition is a path",
        "no directory's name leads to files of another table",
        "sync_monitor.lake.files.key_of",
        "or PATH_SIGNS & set(key)",
        "",
        tests=named(DUCK, "a_partition_whose_key_leads_elsewhere_is_none"),
    ),
    mutation(
        "links within a partition are followed",
        "no link within a partition is followed",
        "sync_monitor.lake.files.own_directory",
        "if entry.is_symlink():",
        "if False:",
        tests=named(DUCK, "links_that_lead_around_in_circles_end"),
    ),
)
