"""Guards of the monitor's page: who may come, what may be changed, what is never green."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import named

SECURITY = "monitor/test_page_security"
ACCESS = "monitor/test_page_access"
PAGE = "monitor/test_page"
API = "monitor/test_page_api"
SERVICE = "monitor/test_service"
GUARD = "sync_monitor.web.guard"

MUTATIONS = (
    mutation(
        "no name at all silences all",
        "what is no name silences nothing",
        "sync_monitor.web.looks_and_silences.begin_silence",
        'given.get("sync", "")',
        'given.get("sync") or ""',
        tests=named(API, "what_is_no_name_silences_nothing"),
    ),
    mutation(
        "lists within lists end a request",
        "lists as deep as a body is long are refused",
        "sync_monitor.web.looks_and_silences.given_object",
        "except RecursionError:",
        "except ZeroDivisionError:",
        tests=named(API, "numbers_and_lists_beyond_what_python_takes_are_refused"),
    ),
    mutation(
        "any host is ours",
        "a request that names a foreign host gets 421",
        f"{GUARD}.install",
        'if not site.access.knows_host(request.headers.get("Host", "")):',
        "if False:",
        tests=named(SECURITY, "every_address_refuses_a_foreign_host"),
    ),
    mutation(
        "nobody is asked who they are",
        "with a token every address asks who comes",
        f"{GUARD}.install",
        "if endpoint not in OPEN and site.access.is_asked and not is_known:",
        "if False:",
        tests=named(SECURITY, "every_address_asks_who_comes_once_there_is_a_token"),
    ),
    mutation(
        "forms of anybody",
        "what no form of the page sends gets 403",
        f"{GUARD}.require_own_form",
        "if not site.access.is_form_token(given, g.session):",
        "if False:",
        tests=named(SECURITY, "every_post_needs_a_form_of_our_own"),
    ),
    mutation(
        "a cookie lasts for ever",
        "a person stays logged in for twelve hours",
        "sync_monitor.web.access.Access.is_session",
        'return int(text.partition(".")[0]) > now.timestamp()',
        "return True",
        tests=named(SECURITY, "a_cookie_ends_and_none_can_be_made"),
    ),
    mutation(
        "a cookie that travels by http",
        "a cookie travels by https alone where people reach the page so",
        "sync_monitor.web.pages.make_login",
        'samesite="Strict",\n            secure=site.access.is_tls,',
        'samesite="Strict",',
        tests=named(
            SECURITY,
            "a_cookie_travels_by_https_alone_where_people_reach_the_page_so",
        ),
    ),
    mutation(
        "a header that nobody configured is believed",
        "a cookie travels by https alone where people reach the page so",
        "sync_monitor.web.pages.make_login",
        'samesite="Strict",\n            secure=site.access.is_tls,',
        'samesite="Strict", secure=request.headers.get("X-Forwarded-Proto") == "https",',
        tests=named(
            SECURITY,
            "a_cookie_travels_by_https_alone_where_people_reach_the_page_so",
        ),
    ),
    mutation(
        "a sync without an address",
        "a name that an address can not have is refused",
        "oracle_cdc.settings.monitor_syncs.wrong_name",
        'if not {"", ".", ".."}.isdisjoint(parts) or parts[-1] in BEHIND_NAMES & set(parts[1:]):',
        "if False:",
        tests=named("unit/test_monitor_names", "a_name_that_an_address_can_not_have_is_refused"),
    ),
    mutation(
        "a port that no host has",
        "a host is known at each port, also where one is set",
        "sync_monitor.web.access.make_access",
        "without_port(name) for name",
        "name.strip().lower() for name",
        tests=named(ACCESS, "a_host_is_known_at_each_port_also_where_one_is_set"),
    ),
    mutation(
        "any address without a token",
        "an address that others reach needs a token and host names",
        "sync_monitor.web.access.make_access",
        "if not is_own(host) and not (token and hosts):",
        "if False:",
        tests=named(ACCESS, "an_address_that_others_reach_needs_a_token_and_names"),
    ),
    mutation(
        "a log-in for who is not logged in alone",
        "who is logged in may give the token again",
        "sync_monitor.web.pages.ask_token",
        "site.access.form_token(g.session)",
        'site.access.form_token("")',
        tests=named(SECURITY, "a_person_who_is_logged_in_logs_in_again"),
    ),
    mutation(
        "a body is kept before it is refused",
        "a body that is too large is not kept",
        "sync_monitor.web.server.PageServer.__init__",
        'max_request_body_size=app.config["MAX_CONTENT_LENGTH"],',
        "",
        tests=named("monitor/test_page_server", "a_body_that_is_too_large_is_not_kept"),
    ),
    mutation(
        "a misspelt sync silences all",
        "a misspelt key silences nothing",
        "sync_monitor.web.api.add_asking",
        "or given.keys() - SILENCE_KEYS",
        "",
        tests=named(API, "a_misspelt_key_silences_nothing"),
    ),
    mutation(
        "numbers that a name moves",
        "of two Hebrew names each has its own number",
        "sync_monitor.web.words.isolated",
        'f"\\N{FIRST STRONG ISOLATE}{name}\\N{POP DIRECTIONAL ISOLATE}"',
        "name",
        tests=named(
            "acceptance/page/test_page_names", "of_two_hebrew_names_each_has_its_own_number"
        ),
    ),
    mutation(
        "looks as often as asked",
        "a look at a sync is asked for once in a while",
        "sync_monitor.web.rate_limits.Limiter.wait",
        "if last is not None and now - last < SECONDS:",
        "if False:",
        tests=named(SECURITY, "a_limit_is_of_one_sync_and_ends"),
    ),
    mutation(
        "silences without an end",
        "a silence always ends",
        "sync_monitor.web.looks_and_silences.hours_of",
        "if not 0 < hours <= LONGEST_HOURS:",
        "if False:",
        tests=named(PAGE, "a_silence_always_ends"),
    ),
    mutation(
        "green though a look failed",
        "a sync is not OK where its newest look failed",
        "sync_monitor.rules.severity.shown",
        "if look.outcome is Outcome.FAILED:",
        "if False:",
        tests=named(PAGE, "a_state_is_a_shape_and_a_word"),
    ),
    mutation(
        "green though nobody looks",
        "a look that is too old says nothing of now",
        "sync_monitor.web.states.States._aged",
        "is_old = state.look is None or is_stale(state.look.began, now, self.interval)",
        "is_old = state.look is None",
        tests=named(PAGE, "a_look_that_is_too_old_makes_a_sync_unknown"),
    ),
    mutation(
        "a card that hides what was not measured",
        "a card is not green while a sync was not measured",
        "sync_monitor.web.cards.level_with",
        "return Severity.UNKNOWN",
        "return level",
        tests=named(PAGE, "a_card_is_not_green_while_a_sync_was_not_measured"),
    ),
    mutation(
        "a fault after one look",
        "what one look alone has seen is no issue of the page",
        "sync_monitor.web.issues.read_issues",
        "confirmed = [issue for issue in found if issue.confirmed_at is not None]",
        "confirmed = list(found)",
        tests=named(PAGE, "what_one_look_alone_has_seen_is_no_issue_yet"),
    ),
    mutation(
        "keys by the alphabet",
        "the seven keys have an order",
        "sync_monitor.web.app.make_app",
        "app.json.sort_keys = False",
        "app.json.sort_keys = True",
        tests=named(API, "metrics_have_seven_keys_in_their_order"),
    ),
    mutation(
        "alive whatever its loops do",
        "a monitor whose loops hang is not alive",
        "sync_monitor.web.health.make_health",
        "if site.readiness is None or site.readiness.is_alive():",
        "if True:",
        tests=named(SERVICE, "a_monitor_whose_looks_all_hang_is_not_alive"),
    ),
    mutation(
        "a worker that nothing is left for gets on",
        "a monitor whose looks all hang is not alive",
        "sync_monitor.service.Monitor.is_stuck",
        "return bool(self.hanging) and len(self.hanging) == len(self.plan.syncs)",
        "return False",
        tests=named(SERVICE, "a_monitor_whose_looks_all_hang_is_not_alive"),
    ),
    mutation(
        "one sync that hangs ends all",
        "a monitor is alive while one sync alone hangs",
        "sync_monitor.service.Monitor.is_stuck",
        "return bool(self.hanging) and len(self.hanging) == len(self.plan.syncs)",
        "return bool(self.hanging)",
        tests=named(SERVICE, "a_monitor_is_alive_while_one_sync_alone_hangs"),
    ),
    mutation(
        "zero for what nobody measured",
        "what was not measured has no sample",
        "sync_monitor.web.states.State.figures",
        "if self.look is None or self.is_old:",
        "if self.look is None:",
        tests=named(PAGE, "a_look_that_is_too_old_makes_a_sync_unknown"),
    ),
    mutation(
        "a page for a host that is no name",
        "a request for a host that is no name is refused as any for a foreign one",
        "sync_monitor.web.app.answer",
        "code == Misdirected.code or",
        "",
        tests=named("monitor/test_page_security", "hosts_that_look_like_ours_are_not"),
    ),
    mutation(
        "systemd hears of life from a monitor that hangs",
        "the watchdog is fed while the looks get on, and no longer",
        "sync_monitor.commands.run.make_beat",
        "is_alive=readiness.is_alive,",
        "is_alive=readiness.has_begun,",
        tests=named(
            SERVICE, "systemd_hears_that_the_looks_get_on_and_no_more_once_all_of_them_hang"
        ),
    ),
)
