"""Guards of the layers of settings: files, SSM, and what is shown of them."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import LAYERS, SSM, named

YAML = "unit/test_yaml_file"
FAILURES = "integration/test_ssm_failures"
PARAMETERS = "integration/test_ssm"

MUTATIONS = (
    mutation(
        "mistakes without what explains them",
        "a mistake is shown with what was noticed beside it",
        f"{LAYERS}.reader.read_settings",
        "raise Mistakes(mistakes, warnings)",
        "raise Mistakes(mistakes)",
        tests=named("unit/test_env_file"),
    ),
    mutation(
        "a doubled name wins silently",
        "a name with two values in .env is warned of",
        f"{LAYERS}.environment.said_before",
        "former is not None",
        "False",
        tests=named("unit/test_env_file"),
    ),
    mutation(
        "a doubled key wins silently",
        "a doubled key is refused with both lines",
        f"{LAYERS}.yaml_file.Walk.walk",
        "if path in first_lines:",
        "if False:",
        tests=named(
            YAML,
            "a_doubled_key_is_refused_with_both_lines_and_what_is_in_it_is_read_all_the_same",
        ),
    ),
    mutation(
        "aliases count once",
        "values count as often as aliases repeat them",
        f"{LAYERS}.yaml_file.Walk.count",
        "self.values > MAX_VALUES",
        "False",
        tests=named(YAML, "a_list_that_an_alias_gives_again_and_again_ends_at_the_bound"),
    ),
    mutation(
        "nesting without end",
        "a file is nested no deeper than settings need",
        f"{LAYERS}.yaml_nodes.BoundedLoader.compose_node",
        "or self.depth > MAX_DEPTH",
        "",
        tests=named(YAML, "what_is_no_yaml_of_ours_is_refused_with_its_line"),
    ),
    mutation(
        "a tag is passed over",
        "a tag is refused, because its value would be another one",
        f"{LAYERS}.yaml_file.Walk.take",
        "if node.tag not in PLAIN_TAGS:",
        "if False:",
        tests=named(YAML, "what_is_not_known_or_allowed_is_a_mistake_with_its_line"),
    ),
    mutation(
        "a password that is an anchor",
        "a value that begins with & is no anchor of nothing",
        f"{LAYERS}.yaml_nodes.BoundedLoader.compose_scalar_node",
        "if anchor is not None and not node.value:",
        "if False:",
        tests=named(YAML, "what_is_no_yaml_of_ours_is_refused_with_its_line"),
    ),
    mutation(
        "quoted null is nothing",
        "quoted text is never taken for nothing",
        f"{LAYERS}.yaml_file.text_of",
        "is_plain = node.style is None",
        "is_plain = True",
        tests=named(YAML, "quoted_text_is_never_taken_for_nothing"),
    ),
    mutation(
        "a file of any size",
        "a file over a bound is not read",
        f"{LAYERS}.text_file.read_text_file",
        "if len(contents) > MAX_FILE_BYTES:",
        "if False:",
        tests=named(YAML, "a_file_that_is_too_large_is_not_read"),
    ),
    mutation(
        "a NUL in a value",
        "text that no program can be handed is a mistake",
        f"{LAYERS}.mistakes.is_text",
        'return "\\0" not in value',
        "return True",
        tests=named("unit/test_env_file", "text_with_a_nul_is_refused_and_not_shown"),
    ),
    mutation(
        "missing because unread",
        "nothing is said to be missing that may stand in a layer that could not be read",
        f"{LAYERS}.reader.validate",
        "if name in given or is_whole:",
        "if True:",
        tests=named("unit/test_layers", "a_layer_that_can_not_be_read_leaves_nothing_missing"),
    ),
    mutation(
        "SSM asked with wrong settings",
        "SSM is not asked while what it needs is wrong",
        f"{LAYERS}.layers.read_store",
        "if access is None or wrong:",
        "if access is None:",
        tests=named(PARAMETERS, "ssm_is_not_asked_while_what_it_needs_is_wrong"),
    ),
    mutation(
        "the first page of SSM alone",
        "more parameters than a page holds are all read",
        f"{SSM}.store.ParameterStore.read_below",
        "if not page.token:",
        "if True:",
        tests=named(PARAMETERS, "more_parameters_than_a_page_holds_are_all_read"),
    ),
    mutation(
        "throttling ends the start",
        "a store that throttles is asked again",
        "oracle_cdc.aws.translation.sort_answer",
        "if answer.code in PASSING_CODES:",
        "if answer.code in ():",
        tests=named(FAILURES, "a_store_that_throttles_is_asked_again_from_where_it_was"),
    ),
    mutation(
        "a key's refusal taken for the path's",
        "a refusal says what to allow",
        f"{SSM}.translation.is_of_key",
        "return True",
        "return False",
        tests=named(FAILURES, "a_refusal_says_what_to_allow_or_to_set_and_is_asked_once"),
    ),
    mutation(
        "SSM moves itself",
        "SSM can't say where SSM is asked",
        f"{SSM}.layer.collect",
        "if variable in OWN_VARIABLES:",
        "if False:",
        tests=named(PARAMETERS, "ssm_can_not_say_where_ssm_is_asked"),
    ),
    mutation(
        "a placeholder is a password",
        "what Terraform put in the place of a secret is no secret",
        f"{SSM}.layer.collect",
        "parameter.value == PLACEHOLDER",
        "False",
        tests=named(PARAMETERS, "what_terraform_put_in_the_place_of_a_secret_is_no_secret"),
    ),
    mutation(
        "secrets are shown",
        "no secret is shown",
        f"{LAYERS}.listing.hide",
        'isinstance(value, SecretStr) or SECRET_NAME.search(" ".join(names))',
        "isinstance(value, SecretStr)",
        tests=named("unit/test_settings_listing", "no_secret_is_shown"),
    ),
    mutation(
        "a URL's password is shown",
        "no secret is shown, nor one inside a URL or a connect string",
        f"{LAYERS}.listing.hide",
        'text = BEFORE_HOST.sub(rf"\\1{SECRET_VALUE}@", str(value))',
        "text = str(value)",
        tests=named("unit/test_settings_listing", "no_secret_is_shown"),
    ),
)
