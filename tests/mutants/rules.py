"""python -m tests.mutants.rules: mutmut over the pure rules, and what its survivors are good for.

Every survivor must stand in survivors.txt with its reason. Of the mutants that change behaviour
95 % must be caught.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.tree import ROOT, copy_tree

SURVIVORS = Path(__file__).with_name("survivors.txt")
#: Per cent of the mutants that change behaviour.
SHARE = 95.0
#: Reasons with which a survivor changes no behaviour; any other first word is a gap.
HARMLESS = ("equivalent", "words", "speed")
#: How mutmut calls those that no test failed for.
ESCAPED = ("survived", "no tests", "suspicious")
CAUGHT = ("killed", "timeout", "segfault")


@dataclass(frozen=True)
class Survivor:
    """A mutant by what it changes: the function, the lines that go and those that come."""

    function: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.function, *self.lines])


def main() -> int:
    options = make_parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="mutmut-") as temporary:
        directory = options.directory or Path(temporary)
        if not (directory / "pyproject.toml").is_file():
            copy_tree(ROOT, directory)
        run_mutmut(directory, options.children)
        states = read_states(directory)
        escaped = [name for name, state in states.items() if state in ESCAPED]
        survivors = read_survivors(directory, escaped)
    problems, text = judge(states, survivors, read_reasons(SURVIVORS.read_text(encoding="utf-8")))
    sys.stdout.write(text)
    return int(bool(problems))


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.rules", description=__doc__)
    parser.add_argument("--children", type=int, default=2, help="mutants at a time (default 2)")
    parser.add_argument("--directory", type=Path, help="a run to go on with, or to look at again")
    return parser


def run_mutmut(directory: Path, children: int) -> None:
    """Run every mutant that was not run yet, with what is printed in a file."""
    with (directory / "mutmut.log").open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children)]
        subprocess.run(command, cwd=directory, stdout=log, stderr=log, check=False)


def read_states(directory: Path) -> dict[str, str]:
    """Return what became of each mutant. Raises RuntimeError when one was not run."""
    states = {}
    for line in ask(directory, "results", "--all", "true").splitlines():
        name, _, state = line.strip().partition(": ")
        if "__mutmut_" in name:
            states[name] = state
    unknown = set(states.values()) - {*ESCAPED, *CAUGHT}
    if unknown or not states:
        log = (directory / "mutmut.log").read_text(encoding="utf-8")[-2000:]
        raise RuntimeError(f"mutmut did not end well: {unknown}\n{log}")
    return states


def read_survivors(directory: Path, names: Sequence[str]) -> list[Survivor]:
    """Return what each of these mutants changes."""
    with ThreadPoolExecutor(2) as pool:
        shown = list(pool.map(lambda name: ask(directory, "show", name), names))
    return [to_survivor(name, diff) for name, diff in zip(names, shown, strict=True)]


def to_survivor(name: str, diff: str) -> Survivor:
    """Return a mutant by its function and the lines of its diff, without their indentation."""
    function = re.sub(r"__mutmut_\d+$", "", name)
    module, _, mangled = function.rpartition(".")
    plain = mangled.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    lines = []
    for line in diff.splitlines():
        if line[:1] in ("-", "+") and line[:3] not in ("---", "+++"):
            lines.append(f"{line[0]} {' '.join(line[1:].split())}")
    return Survivor(f"{module}.{plain}", tuple(lines))


def read_reasons(text: str) -> dict[Survivor, str]:
    """Return the reason of each survivor of a list: blocks of a function, its lines and `= why`."""
    reasons = {}
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.strip().splitlines() if not line.startswith("#")]
        if not lines:
            continue
        function, *changes, reason = lines
        if not reason.startswith("= "):
            raise ValueError(f"no reason stands below {function}")
        reasons[Survivor(function, tuple(changes))] = reason.removeprefix("= ")
    return reasons


def judge(
    states: Mapping[str, str], survivors: Sequence[Survivor], reasons: Mapping[Survivor, str]
) -> tuple[list[str], str]:
    """Return what is wrong, and the report."""
    problems = []
    gaps = 0
    found: Counter[str] = Counter()
    for survivor in survivors:
        reason = reasons.get(survivor, "")
        kind = reason.partition(":")[0] or "not listed"
        found[kind] += 1
        gaps += kind not in HARMLESS
        if not reason:
            problems.append(f"not in {SURVIVORS.name}:\n{survivor}\n= \n")
    caught = len(states) - len(survivors)
    share = 100 * caught / max(caught + gaps, 1)
    if share < SHARE:
        problems.append(f"{share:.1f} % are caught, not {SHARE:g} %")
    gone = len(set(reasons) - set(survivors))
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(found.items()))
    report = [
        *problems,
        f"{len(states)} mutants of the rules, {caught} caught; survived: {kinds or 'none'}",
        f"of those that change behaviour {share:.1f} % are caught",
    ]
    if gone:
        report.append(f"{gone} of the list are caught now, or gone with their code")
    return problems, "\n".join(report) + "\n"


def ask(directory: Path, *words: str) -> str:
    """Return what mutmut answers."""
    command = [sys.executable, "-m", "mutmut", *words]
    answer = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    return answer.stdout


if __name__ == "__main__":
    sys.exit(main())
