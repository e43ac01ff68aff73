"""Fuzz decoders one at a time: `python -m tests.fuzz [NAME...] [--minutes 10] [--input FILE]`.

Each runs under atheris in a process of its own, and ends at the first input that is a bug. That
input stays in the directory that is printed, and `--input` takes it again. Exit 1: one was found.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.decoders import NAMES, find_decoder

#: One input may take as long, and the process as much memory, before that is a bug.
INPUT_SECONDS = 10
MOST_MEMORY_MB = 1024
LONGEST_INPUT = 8192
#: libFuzzer says it at the end.
EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
COVERAGE = re.compile(r"cov: (\d+)")
BUG = re.compile(r"=== Uncaught Python exception: ===\n(.*)|ERROR: libFuzzer: (.*)|(\w*Error: .*)")


@dataclass(frozen=True)
class Run:
    """What a run came to. bug: empty where there was none."""

    name: str
    executions: int
    branches: int
    bug: str
    log: Path


def main(arguments: Sequence[str]) -> int:
    """Run the decoders that are named, or all of them, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--minutes", type=float, default=10.0, help="of each decoder")
    parser.add_argument("--input", type=Path, help="give this one input to the decoder named")
    options = parser.parse_args(arguments)
    names = options.names or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"no decoder: {', '.join(unknown)}; known: {', '.join(NAMES)}")
    if options.input is not None:
        return repeat(names, options.input)
    directory = Path(mkdtemp(prefix="fuzz-"))
    print(f"in {directory}, {options.minutes:g} minutes each")
    print("| decoder | executions | branches | bug |\n|---|--:|--:|---|", flush=True)
    bugs = 0
    for name in names:
        run = fuzz(name, options.minutes * 60, directory / name)
        print(f"| {run.name} | {run.executions:,} | {run.branches:,} | {run.bug or 'none'} |")
        if run.bug:
            bugs += 1
            print(f"see {run.log}, and the input beside it", flush=True)
    return min(bugs, 1)


def repeat(names: Sequence[str], file: Path) -> int:
    """Give one input to decoders."""
    for name in names:
        with find_decoder(name).opened() as take:
            take(file.read_bytes())
    print("no bug")
    return 0


def fuzz(name: str, seconds: float, directory: Path) -> Run:
    """Run one decoder in a process of its own."""
    corpus = directory / "corpus"
    corpus.mkdir(parents=True)
    decoder = find_decoder(name)
    for number, seed in enumerate(decoder.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = directory / "words"
    words.write_text("".join(map(quote, decoder.WORDS)), encoding="ascii")
    command = [
        *(sys.executable, "-m", "tests.fuzz.child", name, str(directory / "input"), str(corpus)),
        f"-dict={words}",
        f"-max_total_time={seconds:.0f}",
        f"-timeout={INPUT_SECONDS}",
        f"-rss_limit_mb={MOST_MEMORY_MB}",
        f"-max_len={LONGEST_INPUT}",
        f"-artifact_prefix={directory}/",
        "-print_final_stats=1",
        "-seed=1",
    ]
    log = directory / "log"
    with log.open("wb") as written:
        ended = subprocess.run(command, stdout=written, stderr=subprocess.STDOUT, check=False)
    said = log.read_text(encoding="utf-8", errors="replace")
    bug = ""
    if ended.returncode:
        bug = describe(said) or f"it ended with {ended.returncode}"
    executions = EXECUTIONS.findall(said) or ["0"]
    branches = COVERAGE.findall(said) or ["0"]
    return Run(name, int(executions[-1]), int(branches[-1]), bug, log)


def describe(said: str) -> str:
    """Return the first line that names a bug."""
    found = BUG.search(said)
    if found is None:
        return ""
    return "".join(filter(None, found.groups()))[:200]


def quote(word: bytes) -> str:
    """Return a word as a line of libFuzzer's dictionaries."""
    written = "".join(f"\\x{byte:02x}" for byte in word)
    return f'"{written}"\n'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
