"""Guards of what is published of a change: declared columns, and nothing personal."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

RULES = "oracle_cdc.changes.rules"
REDACTOR = f"{RULES}.redacting.Redactor"
TRANSFORMING = "changes/test_transforming"
TRANSFORMERS = "changes/test_transformers"
LETTERS = "changes/test_dead_letters"
MODELS = "changes/test_table_models"

MUTATIONS = (
    mutation(
        "publication: a column of no model",
        "what is not declared is not published",
        f"{RULES}.selecting.select_image",
        "if not image.keys() <= model.columns.keys():",
        "if False:",
        tests=named(TRANSFORMING, "what_is_not_declared_is_not_published"),
    ),
    mutation(
        "publication: a column that is not included",
        "what is not included is not published",
        f"{RULES}.selecting.select_image",
        "if name in included",
        "",
        tests=named(TRANSFORMING, "the_columns_that_are_included_are_published_in_both_images"),
    ),
    mutation(
        "publication: keys as they came",
        "keys are those of the model",
        f"{RULES}.selecting.select",
        "select_keys(change, model)",
        "change.keys",
        tests=named(TRANSFORMING, "keys_are_those_of_the_model_also_where_they_are_not_included"),
    ),
    mutation(
        "publication: a table that nobody declared",
        "a table without a transformer is not published",
        f"{RULES}.transforming.Transformation.transform",
        "if model is None or transformer is None:",
        "if model is None:",
        tests=named("changes/test_publication_guards", "a_table_without_a_transformer_is_refused"),
    ),
    mutation(
        "publication: a failure that quotes the row",
        "no error of a failed redaction is chained to what quotes the row",
        f"{RULES}.transforming.transform",
        "failure = type(error).__name__",
        'raise TransformationFailed("failed") from error',
        tests=named(TRANSFORMING, "what_fails_in_redacting_does_not_leave_and_quotes_nothing"),
    ),
    mutation(
        "publication: a document that is none published as it is",
        "a text that should be JSON and is none is replaced as a whole",
        f"{RULES}.redacting.open_documents",
        "opened[name] = REPLACEMENT",
        "pass",
        tests=named(TRANSFORMING, "a_text_that_should_be_a_document_and_is_none_is_replaced"),
    ),
    mutation(
        "publication: JSON that is a lone value published as it is",
        "only objects and lists are documents",
        f"{RULES}.documents.read_document",
        "if not isinstance(document, (dict, list)):",
        "if document is None:",
        tests=named(TRANSFORMING, "a_text_that_should_be_a_document_and_is_none_is_replaced"),
    ),
    mutation(
        "publication: documents of any depth",
        "a document that is too deep to be looked through is replaced, and its change goes on",
        f"{RULES}.documents.read_document",
        "count_levels(document) > MOST_LEVELS",
        "count_levels(document) > 10_000",
        tests=named(TRANSFORMING, "a_document_that_is_too_deep_is_replaced_as_a_whole"),
    ),
    mutation(
        "publication: bytes in scanFields",
        "what nobody looks through is no free text",
        f"{RULES}.transformers.find_mistakes_of_name",
        "is JsonType.BASE64:",
        "is None:",
        tests=named(TRANSFORMERS, "bytes_are_no_free_text"),
    ),
    mutation(
        "publication: names with blanks",
        "a name that can match nothing is a mistake, beside documents too",
        f"{RULES}.transformers.is_no_name",
        "name != name.strip() or ",
        "",
        tests=named(TRANSFORMERS, "a_name_with_a_blank_at_its_end_is_a_mistake"),
    ),
    mutation(
        "publication: names in documents not looked through",
        "free text is also the names of members",
        f"{REDACTOR}.scan",
        "unlike(self.mark(name, counts), scanned)",
        "name",
        tests=named(TRANSFORMING, "free_text_is_marked_by_what_is_found_in_it"),
    ),
    mutation(
        "publication: tokens of tokens",
        "a token stays as it is the next time",
        f"{REDACTOR}.replace_by_tokens",
        "or is_token(value)",
        "",
        tests=named(
            TRANSFORMING, "a_key_that_is_personal_becomes_a_token_that_is_the_same_each_time"
        ),
    ),
    mutation(
        "publication: keys that are not redacted",
        "keys are replaced by tokens too",
        f"{REDACTOR}.redact",
        "self.replace_by_tokens(images.keys, transformer, counts)",
        "images.keys",
        tests=named(
            TRANSFORMING, "a_key_that_is_personal_becomes_a_token_that_is_the_same_each_time"
        ),
    ),
    mutation(
        "publication: a key redacted by a constant",
        "no key becomes a constant, which would make all rows one",
        f"{RULES}.transformers.find_mistakes_of_redacted",
        "if not inside and find_alike(name, model.keys):",
        "if False:",
        tests=named(TRANSFORMERS, "every_mistake_is_reported_at_once"),
    ),
    mutation(
        "publication: a path into what is no document",
        "a path that can match nothing is a mistake at start",
        f"{RULES}.transformers.find_mistakes_of_redacted",
        "elif inside and not documents_like(first, documents):",
        "elif False:",
        tests=named(TRANSFORMERS, "a_path_that_can_match_nothing_is_a_mistake"),
    ),
    mutation(
        "publication: members of one mark",
        "members whose names have one mark are all there",
        f"{RULES}.redacting.unlike",
        "while found in others:",
        "while False:",
        tests=named(TRANSFORMING, "members_whose_names_have_one_mark_are_all_there"),
    ),
    mutation(
        "publication: a redacted field that there is not",
        "a misspelt field of redactFields is a mistake at start",
        f"{RULES}.transformers.find_mistakes_of_redacted",
        "if not is_inside and not find_alike(first, model.columns):",
        "if False:",
        tests=named(
            TRANSFORMERS,
            "a_field_that_no_model_has_is_a_mistake_unless_it_may_be_inside_a_document",
        ),
    ),
    mutation(
        "publication: keys in a letter that keeps no event",
        "keys that were not redacted rest in no letter without its event",
        f"{RULES}.dead_letters.describe_place",
        "if failed.is_redacted:",
        "if True:",
        tests=named(LETTERS, "keys_that_were_not_redacted_are_left_out_with_the_event"),
    ),
    mutation(
        "publication: a model beside its folder",
        "a model is written into its folder whatever its table is called",
        "oracle_cdc.changes.model_files.name_file",
        "UNSAFE.sub('_', model.table)",
        "model.table",
        tests=named(MODELS, "a_model_is_written_into_the_folder_whatever_its_table_is_called"),
    ),
)
