"""Links, names of files and commands in the documents, and names of documents in the code."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator

import awslite.__main__
import bench.__main__
import bench.profile
import oralite.__main__
import sync_monitor.demo.load
import tests.acceptance.page.pictures
import tests.chaos.__main__
import tests.mutants.__main__
import tests.mutants.rules
from oracle_cdc.cli import make_parser
from tests import documents
from tests.documents import ROOT, anchors

LINK = re.compile(r"\]\(([^)\s]+)\)")
#: A file below one of the repository's folders, as prose names it.
NAMED_FILE = re.compile(
    r"`((?:oracle_cdc|sync_monitor|oralite|awslite|trinolite|tests|bench|deploy|docs|scripts"
    r"|standins|\.ci)"
    r"/[\w./-]*[\w/])`"
)
#: Programs that the documents run with `python -m`, and how they read their arguments.
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "oracle_cdc": make_parser,
    "oralite": oralite.__main__._parser,
    "awslite": awslite.__main__.make_parser,
    "bench": bench.__main__.make_parser,
    "bench.profile": bench.profile.make_parser,
    "tests.chaos": tests.chaos.__main__.make_parser,
    "tests.mutants": tests.mutants.__main__.make_parser,
    "tests.mutants.rules": tests.mutants.rules.make_parser,
    "tests.acceptance.page.pictures": tests.acceptance.page.pictures.make_parser,
    "sync_monitor.demo.load": sync_monitor.demo.load.make_parser,
}
#: Run as modules as well; they read no arguments that a test could hold them to.
OTHER_MODULES = {
    "venv",
    "zipfile",
    "hatchling",
    "pytest",
    "sync_monitor.demo.apply",
    "tests.oralite.driver_suite",
    "tests.fidelity",
    "tests.fuzz",
    "tests.reading",
}
#: What the code may call a document that is not there.
DANGLING = re.compile(r"\b(CONTRACT|DESIGN|FAULTS|REVIEW|LAYOUT|ANCHORS)(\.md|'s| sections?)\b")
TEXTS = {".py", ".sql", ".yml", ".service", ".toml", ".txt", ".md", ".json", ""}


def test_the_readme_has_at_most_200_lines() -> None:
    assert len(documents.read("README.md").splitlines()) <= 200


def test_every_page_is_reached_from_the_readme() -> None:
    text = documents.read("README.md")
    for page in documents.pages():
        assert not page.startswith("docs/") or f"]({page}" in text, page


def test_links_lead_somewhere() -> None:
    broken = []
    for page in documents.pages():
        for link in LINK.findall(documents.prose(documents.read(page))):
            if not link.startswith("http") and not leads_somewhere(page, link):
                broken.append(f"{page} links to {link}")
    assert broken == []


def leads_somewhere(page: str, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = ROOT / page
    if path:
        target = target.parent / path
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


def test_every_file_that_a_page_names_exists() -> None:
    missing = []
    for page in documents.pages():
        for name in NAMED_FILE.findall(documents.read(page)):
            if not list(ROOT.glob(name)):
                missing.append(f"{page} names {name}")
    assert missing == []


def test_no_file_names_a_document_that_is_not_in_the_repository() -> None:
    found = []
    for path in documents.tracked_files():
        if path.suffix not in TEXTS or path.name == "test_document_links.py":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for name in DANGLING.findall(text):
            found.append(f"{path.relative_to(ROOT)}: {name[0]}")
        for name in re.findall(r"(?<![\w/*.-])((?:[\w-]+/)*[\w-]+\.md)\b", text):
            is_there = (ROOT / name).exists() or (path.parent / name).exists()
            if not is_there and not (ROOT / "docs" / name).exists():
                found.append(f"{path.relative_to(ROOT)}: {name}")
    assert found == []


def test_an_alert_that_names_a_heading_of_a_page_names_it_right() -> None:
    alerts = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")
    named = re.findall(r"(docs/\w+\.md), '([^']+)'", alerts)
    assert named
    for page, heading in named:
        assert re.search(rf"^#+ {heading}$", documents.read(page), re.MULTILINE), heading


def command_lines() -> Iterator[str]:
    """Yield each command of a shell that the documents print, in a block or in a line."""
    for page in documents.pages():
        text = documents.read(page)
        for block in documents.blocks(text, "bash"):
            for line in block.replace("\\\n", " ").splitlines():
                yield from re.split(r" && | \| ", line)
        for line in re.findall(r"`([^`\n]+)`", documents.prose(text)):
            if re.match(r"(\S*python|make|oracle-cdc) ", line):
                yield line


def readable(line: str) -> list[str]:
    """Return the words of a command, without what the shell does with its output."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return []
    if ">" in words:
        words = words[: words.index(">")]
    return words


def arguments_of_the_service(words: list[str]) -> list[str] | None:
    """Return what a command gives to the service, or None where it runs something else."""
    if "cdc_service.py" in words:
        return words[words.index("cdc_service.py") + 1 :]
    if "scripts/extract_sample_data.py" in words:
        return ["extract", *words[words.index("scripts/extract_sample_data.py") + 1 :]]
    if words and words[0].rpartition("/")[2] == "oracle-cdc":
        return words[1:]
    return None


def is_ours(words: list[str]) -> bool:
    if arguments_of_the_service(words) is not None:
        return True
    return bool(words) and (words[0] == "make" or "-m" in words)


def our_commands() -> list[str]:
    found = set()
    for line in command_lines():
        words = readable(line)
        if is_ours(words):
            found.add(shlex.join(words))
    return sorted(found)


def test_every_documented_command_is_accepted() -> None:
    commands = our_commands()
    assert len(commands) > 40
    refused = []
    for command in commands:
        try:
            check_command(shlex.split(command))
        except (AssertionError, SystemExit) as error:
            refused.append(f"{command}: {error}")
    assert refused == []


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of a parser and of its commands."""
    found: set[str] = set()
    for action in parser._actions:
        found.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                found |= options_of(each)
    return found


def parse(parser: argparse.ArgumentParser, arguments: list[str]) -> None:
    """Fail for what the parser refuses, and for an option that it only guesses."""
    parser.parse_args(arguments)
    for word in arguments:
        if word.startswith("--"):
            assert word.partition("=")[0] in options_of(parser)


def check_command(words: list[str]) -> None:
    arguments = arguments_of_the_service(words)
    if arguments is not None:
        if "-h" not in arguments and "--help" not in arguments:
            parse(make_parser(), arguments)
    elif words[0] == "make":
        for line in made_by(words[1:]):
            check_command(shlex.split(line))
    elif "-m" in words:
        module, *arguments = words[words.index("-m") + 1 :]
        assert module in PARSERS or module in OTHER_MODULES, module
        if module in PARSERS:
            parse(PARSERS[module](), arguments)


def made_by(arguments: list[str]) -> list[str]:
    """Return the commands of ours that make would run, or fail where the target is unknown."""
    # `make test ARGS=...` hands its own variables on to every make below it.
    environment = dict(os.environ)
    for name in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS"):
        environment.pop(name, None)
    shown = subprocess.run(
        ["make", "-n", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert shown.returncode == 0, shown.stderr
    found = []
    for line in shown.stdout.splitlines():
        if is_ours(line.split()):
            found.append(line)
    return found
