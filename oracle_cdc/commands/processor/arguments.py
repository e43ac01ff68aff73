"""The arguments of the commands that concern row changes in AWS alone."""

from __future__ import annotations

from argparse import ArgumentParser

from oracle_cdc.commands.arguments import Commands, positive

#: Lambda function -> what it is for.
FUNCTIONS = {
    "cdc-processor": "row changes of the stream to the bus",
    "health-check": "whether the pipeline is well",
    "dead-letter-processor": "dead letters once more",
}


def add_dlq(commands: Commands) -> None:
    dlq = commands.add_parser(
        "dlq", help="row changes that could not be published: process, status"
    )
    actions = dlq.add_subparsers(dest="action", metavar="ACTION", required=True)
    process = actions.add_parser("process", help="try again, each once")
    process.add_argument("--max", type=positive, metavar="N", dest="most", help="N of them at most")
    status = actions.add_parser("status", help="how many there are")
    status.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")


def add_health(commands: Commands) -> None:
    health = commands.add_parser(
        "health", help="whether row changes come through: publishes a test event; exit 0 or 1"
    )
    health.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")


def add_invoke(commands: Commands) -> None:
    invoke = commands.add_parser("invoke", help="a Lambda function, in this process or in AWS")
    invoke.add_argument("name", nargs="?", metavar="FUNCTION", help=", ".join(FUNCTIONS))
    add_function(invoke, "the same")
    invoke.add_argument("--event", metavar="FILE", help="the event as JSON (default: an empty one)")
    invoke.add_argument("--remote", action="store_true", help="in AWS Lambda, under this name")


def add_logs(commands: Commands) -> None:
    logs = commands.add_parser("logs", help="what a Lambda function or this service logs: tail")
    actions = logs.add_subparsers(dest="action", metavar="ACTION", required=True)
    tail = actions.add_parser("tail", help="the newest lines, and those that come")
    add_function(tail, "from CloudWatch Logs (default: the newest log file of this service)")
    tail.add_argument(
        "--lines", type=positive, default=20, metavar="N", help="N first (default 20)"
    )
    tail.add_argument("--once", action="store_true", help="do not wait for more")


def add_function(parser: ArgumentParser, help: str) -> None:
    parser.add_argument("--function", metavar="FUNCTION", help=help)
