"""A long run of everything at once: what processes use, how large stores are, how far behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic

from oracle_cdc.demo.all.work import Standings
from oracle_cdc.demo.program import Program
from oracle_cdc.demo.usage import Usage, growth, measure

MIB = 2**20
LINE_SECONDS = 60.0
#: What a store may take in the last third, over what it took in the second for as much.
LARGEST_GROWTH = 1.25
#: Pages and logs that are made ahead.
SLACK_BYTES = 4 * MIB
#: What may be behind more in the last third than in the second: an outage may end just then.
LARGEST_DELAY, SLACK_COUNT = 2.0, 20


@dataclass(frozen=True)
class Moment:
    """How things were at a moment of the run.

    Parameters:
        written: what had been written until then, of all kinds.
        behind: of it, what had not come to its end.
        sizes: of the stores, in bytes.
    """

    seconds: float
    written: int
    behind: int
    sizes: Mapping[str, int]


class Soak:
    """Notes at each look how things are, and prints a line a minute.

    Parameters:
        seconds: that the run takes.
        programs: whose processes are watched.
        stores: where they are, by their names.
    """

    def __init__(
        self,
        seconds: float,
        programs: Sequence[Program],
        stores: Mapping[str, Path],
        say: Callable[[str], None],
    ) -> None:
        self.seconds = seconds
        self.programs = programs
        self.stores = stores
        self.say = say
        self.began_at = monotonic()
        self.next_line_at = LINE_SECONDS
        self.usages: dict[str, list[Usage]] = {}
        self.moments: list[Moment] = []

    def note(self, standings: Standings) -> None:
        """Note how things are."""
        seconds = monotonic() - self.began_at
        sizes = {name: size_of(place) for name, place in self.stores.items()}
        self.moments.append(Moment(seconds, standings.written, standings.behind, sizes))
        latest: list[str] = []
        for program in self.programs:
            usage = None
            if program.pid is not None:
                usage = measure(program.pid, seconds)
            if usage is not None:
                self.usages.setdefault(program.name, []).append(usage)
                latest.append(describe_usage(program.name, usage))
        if seconds >= self.next_line_at:
            self.next_line_at += LINE_SECONDS
            self.say("; ".join([*latest, describe_moment(self.moments[-1])]))

    def find_growth(self) -> Iterator[str]:
        """Yield what grew."""
        for name, usages in self.usages.items():
            for line in growth(usages, self.seconds):
                yield f"{name}: {line}"
        yield from growth_of_stores(self.moments, self.seconds)


def describe_usage(name: str, usage: Usage) -> str:
    memory = usage.resident_bytes / MIB
    return f"{name} {memory:.0f} MiB, {usage.threads} threads, {usage.files} files"


def describe_moment(moment: Moment) -> str:
    stores: list[str] = []
    for name, size in moment.sizes.items():
        stores.append(f"{name} {size / MIB:.1f}")
    return (
        f"stores in MiB: {', '.join(stores)}; written {moment.written}, "
        f"of it {moment.behind} on the way, at {moment.seconds / 60:.1f} min"
    )


def size_of(place: Path) -> int:
    """Return the size of a file with those beside it of the same beginning, or of a folder."""
    files = place.parent.glob(f"{place.name}*")
    if place.is_dir():
        files = place.rglob("*")
    total = 0
    for file in files:
        try:
            total += file.stat().st_size
        except FileNotFoundError:
            # Logs and journals come and go.
            continue
    return total


def growth_of_stores(moments: Sequence[Moment], seconds: float) -> Iterator[str]:
    """Find stores that took more for as much, and work that waited longer, as time went on."""
    thirds: list[list[Moment]] = [[], [], []]
    for moment in moments:
        third = int(3 * moment.seconds / seconds)
        if third < len(thirds):
            thirds[third].append(moment)
    if not all(thirds):
        yield "the run was too short to show growth"
        return
    begin, middle, end = thirds[1][0], thirds[2][0], thirds[2][-1]
    share = (end.written - middle.written) / max(1, middle.written - begin.written)
    for name in begin.sizes:
        second = middle.sizes[name] - begin.sizes[name]
        last = end.sizes[name] - middle.sizes[name]
        if last > LARGEST_GROWTH * share * second + SLACK_BYTES:
            yield f"{name} grew by {second / MIB:.1f} MiB, then by {last / MIB:.1f} MiB for as much"
    before, after = behind(thirds[1]), behind(thirds[2])
    if after > LARGEST_DELAY * before + SLACK_COUNT:
        yield f"{before:g} were on the way, then {after:g}"


def behind(moments: Sequence[Moment]) -> float:
    return median(moment.behind for moment in moments)
