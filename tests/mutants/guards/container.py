"""Guards of a service in a container: no files, the first process, pages for a network."""

from __future__ import annotations

from tests.mutants.mutation import mutation
from tests.mutants.places import CLI, HEALTH, LAYERS, LOG_SETUP, named

HOST = "integration/test_health_host"

MUTATIONS = (
    mutation(
        "log files all the same",
        "LOG_DIR=none writes nothing",
        f"{LAYERS}.kinds._log_directory",
        "return None",
        "return value",
        tests=named("acceptance/test_without_files"),
        only="may_write_nothing",
    ),
    mutation(
        "standard error without what is at DEBUG",
        "without log files standard error has every line",
        f"{LOG_SETUP}.configure_logging",
        "_console(settings.level, settings.format)",
        "_console(_at_least_info(settings.level), settings.format)",
        tests=named("unit/test_logging"),
    ),
    mutation(
        "an exit code of the interpreter's",
        "wrong settings end with 2 also where standard error takes nothing",
        f"{CLI}.complain",
        "drop(sys.stderr)",
        "pass",
        tests=named("acceptance/test_output"),
        only="wrong_settings",
    ),
    mutation(
        "no command at all",
        "without a command the service runs",
        f"{CLI}.make_parser",
        'parser.set_defaults(command="run", once=False)',
        "parser.set_defaults(once=False)",
        tests=named(
            "acceptance/test_run", "the_service_runs_with_and_without_the_name_of_its_command"
        ),
    ),
    mutation(
        "SIGHUP ends a start",
        "SIGHUP ends no service that has no log files yet",
        "oracle_cdc.commands.early_signals.begin_service",
        "signal.signal(number, signal.SIG_IGN)",
        "pass",
        tests=named("acceptance/test_signals"),
    ),
    mutation(
        "SIGTERM ends a start with 143",
        "a stop ends a service that is starting with 0",
        f"{CLI}.run_arguments",
        "begin_service()",
        "pass",
        tests=named("acceptance/test_signals"),
    ),
    mutation(
        "a stop while packages are imported is not logged",
        "a stop ends a service with a line of its log also while packages are imported",
        "oracle_cdc.commands.run.run",
        "heard.enter_context(signals(stop, reopen))",
        "pass",
        tests=named("acceptance/test_signals"),
    ),
    mutation(
        "a stop while the service is closed is one while it starts",
        "a second stop ends the service at once also while it is closed",
        "oracle_cdc.commands.run.run",
        "return run_heard(",
        "heard.close()\nreturn run_heard(",
        tests=named(
            "acceptance/test_signals",
            "a_second_stop_while_the_service_is_closed_ends_it_at_once",
        ),
    ),
    mutation(
        "the first process does not hear SIGTERM",
        "SIGTERM ends the first process of a container also before the loops run",
        "oracle_cdc.commands.early_signals.end_on_sigterm",
        "os.getpid() == 1",
        "os.getpid() == 0",
        tests=named("acceptance/test_first_process"),
        only="settings",
    ),
    mutation(
        "the host of the pages is passed over",
        "HEALTH_HOST is where the port is opened",
        "oracle_cdc.commands.run.make_endpoint",
        "settings.health_host",
        '"127.0.0.1"',
        tests=named("acceptance/test_run", "the_pages_are_opened_at_the_host_that_is_set"),
    ),
    mutation(
        "a host with its port",
        "HEALTH_HOST is an address or a host name alone",
        f"{LAYERS}.kinds._listening_host",
        "not HOST_NAME.fullmatch(value)",
        "not value",
        tests=named("unit/test_settings_bounds"),
    ),
    mutation(
        "any number of clients",
        "more clients of the pages than 50 at once are turned away",
        f"{HEALTH}.PageServer.process_request",
        "if not self.places.acquire(blocking=False):",
        "if self.places is None:",
        tests=named(HOST),
        only="turned_away",
    ),
    mutation(
        "a client's place is never free again",
        "a client that is gone leaves its place",
        f"{HEALTH}.PageServer.process_request_thread",
        "self.places.release()",
        "pass",
        tests=named(HOST),
        only="turned_away",
    ),
    mutation(
        "all addresses but those of IPv4",
        ":: takes clients of IPv4, too",
        f"{HEALTH}.PageServer.server_bind",
        "socket.IPV6_V6ONLY, 0",
        "socket.IPV6_V6ONLY, 1",
        tests=named(HOST),
        only="at_the_addresses_of_its_host",
    ),
)
