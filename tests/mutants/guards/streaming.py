"""Guards of what people ask of row changes: settings and commands."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import LAYERS, named

SETTINGS = "unit/test_streaming_settings"
DICTIONARY = "unit/test_table_dictionary"

MUTATIONS = (
    mutation(
        "streaming settings: a pause that ends before it begins",
        "the longest pause between two tries is no shorter than the first",
        "oracle_cdc.processor.settings.delays_backwards",
        "if base_ms > max_ms:",
        "if False:",
        tests=named(SETTINGS, "times_of_the_processor_that_contradict_are_refused"),
    ),
    mutation(
        "streaming settings: tries that outlast the watchdog",
        "the pauses between tries end before the watchdog gives the loop up",
        "oracle_cdc.processor.settings.tries_outlast_the_watchdog",
        "if deadline_seconds <= total:",
        "if False:",
        tests=named(SETTINGS, "times_of_the_processor_that_contradict_are_refused"),
    ),
    mutation(
        "streaming settings: a start without a zone",
        "a start is a moment, so its zone must be said",
        "oracle_cdc.processor.settings._start",
        "if value.tzinfo is None:",
        "if False:",
        tests=named(SETTINGS, "what_the_processor_can_not_take_is_refused"),
    ),
    mutation(
        "streaming settings: AWS's own source",
        "events never say that they come from AWS itself, which the bus refuses",
        "oracle_cdc.settings.pipeline_kinds._event_source",
        'or value.lower().startswith("aws.")',
        "",
        tests=named(SETTINGS, "what_the_processor_can_not_take_is_refused"),
    ),
    mutation(
        "tables: the last of two wins",
        "a table or key that is there twice is refused",
        "oracle_cdc.settings.pipeline_kinds._no_repeats",
        "if key in found:",
        "if False:",
        tests=named(DICTIONARY, "what_is_no_dictionary_of_dictionaries_is_refused"),
    ),
    mutation(
        "tables: the last of two wins in YAML",
        "a table or key that is there twice is refused with its line",
        f"{LAYERS}.yaml_file.Walk.read_dictionary",
        "or key in found",
        "",
        tests=named(DICTIONARY, "a_mistake_in_the_yaml_file_has_its_line"),
    ),
)
