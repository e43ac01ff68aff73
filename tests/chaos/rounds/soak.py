"""A long run: conversations at a steady rate, a fault every few seconds, and what the service uses meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median

from tests.chaos.harness.tree import copy_tree, make_template
from tests.chaos.judge.checker import check
from tests.chaos.judge.history import History
from tests.chaos.plans.conversations import converse, read_transcripts
from tests.chaos.plans.hardships import passing_errors
from tests.chaos.plans.plan import LEASE_SECONDS, Act, Deposit, Plan, QueueFaults, Utterance
from tests.chaos.plans.points import ORACLE_FAULTS
from tests.chaos.rounds.campaign import Say
from tests.chaos.rounds.round import Round

SECONDS_BETWEEN_DEPOSITS = 0.5
SECONDS_BETWEEN_FAULTS = 5.0
SECONDS_BETWEEN_LOOKS = 5.0
FREEZE_SECONDS = LEASE_SECONDS + 0.7
SETTINGS = {
    "CDC_NORMAL_MODE_MINUTES": "2",
    "CDC_SETTLE_SECONDS": "0.5",
    "CDC_RECONCILE_HOURS": "2",
    "CDC_RECONCILE_INTERVAL_MINUTES": "1",
    "CDC_RECONCILE_PAUSE_SECONDS": "0.1",
    "LOGGING_MAX_BYTES": "5000000",
}
QUEUE_FAULTS = QueueFaults(
    throttle=0.01,
    broken=0.01,
    cut_before=0.01,
    cut_after=0.01,
    failed_entry=0.01,
    twice=0.02,
    shuffle=True,
)
#: Mean memory of the last third over that of the second.
LARGEST_GROWTH = 1.05
WARM_SECONDS = 300.0


@dataclass(frozen=True)
class Usage:
    """What the process of the service used at a moment of the run."""

    seconds: float
    resident_bytes: int
    threads: int
    sockets: int


@dataclass(frozen=True)
class Soak:
    """rate: conversations a second. errors: instead of all other faults, this share of all statements fails."""

    minutes: float
    rate: float
    seed: int
    tree: Path
    directory: Path
    transcripts: Path | None = None
    errors: float = 0.0


def run_soak(soak: Soak, say: Say) -> int:
    """0 when everything is accounted for and nothing grew."""
    directory, minutes = soak.directory, soak.minutes
    copied = copy_tree(soak.tree, directory / "tree")
    template = make_template(copied, directory / "template")
    plan = draw_soak(soak.seed, minutes * 60, soak.rate, soak.transcripts)
    plan = with_errors(plan, soak) if soak.errors else plan
    faults = (
        f"{soak.errors:.0%} of all statements fail" if soak.errors else f"{len(plan.acts)} faults"
    )
    say(
        f"{minutes:g} minutes at {soak.rate:g} conversations a second, {faults}; traces in {directory}\n"
    )
    began_at = time.monotonic()
    with ExitStack() as stack:
        round_ = Round(plan, prepared(directory / "soak"), copied, template, stack)
        meter = Meter(round_, say)
        meter.start()
        history = round_.run()
        meter.close()
    violations = [*check(history), *(set_aside(history) if soak.errors else ())]
    say("".join(f"    {violation}\n" for violation in violations[:20]))
    grown = [] if soak.errors else list(growth(meter.usages, minutes * 60))
    say("".join(f"    {line}\n" for line in grown))
    calls = len({row.call_id for row in history.rows})
    say(f"{calls} conversations, {len(history.sent)} sendings, {len(history.replies)} results, ")
    say(
        f"{len(violations)} violations, {len(grown)} growths in {time.monotonic() - began_at:.0f} s\n"
    )
    return int(bool(violations or grown))


def with_errors(plan: Plan, soak: Soak) -> Plan:
    """The same conversations, and a database whose errors pass; answers are all as they should be."""
    act = Act(0.0, "oracle", passing_errors(soak.errors, soak.seed))
    seconds = soak.minutes * 60
    settings = {**plan.settings, "CDC_MAX_ATTEMPTS": "10"}
    return replace(
        plan,
        acts=(act,),
        queue_faults=QueueFaults(),
        nonsense=0.0,
        trouble_seconds=seconds,
        settings=settings,
    )


def set_aside(history: History) -> Iterator[str]:
    """What is not as it is where nothing went wrong: every call answered or rightly rejected, nothing set aside."""
    yield from (
        f"call {failure.call_id} was set aside: {failure.reason}" for failure in history.failures
    )
    for call_id, entry in history.ledger.items():
        if entry.state != "SUMMARIZED" and not str(entry.state).startswith("REJECTED"):
            yield f"call {call_id} ends as {entry.state}"


def prepared(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory


def draw_soak(seed: int, seconds: float, rate: float, transcripts: Path | None) -> Plan:
    """One copy that is never killed, so that its memory tells something; all other faults, in turn."""
    rng = random.Random(f"soak {seed}")
    return Plan(
        seed=seed,
        kind="soak",
        copies=("A",),
        fifo=False,
        overlap_minutes=2,
        settings=SETTINGS,
        time_zone="America/New_York",
        deposits=tuple(draw_deposits(rng, seconds, rate, transcripts)),
        orders={},
        acts=tuple(draw_faults(rng, seconds)),
        queue_faults=QUEUE_FAULTS,
        freeze_seconds=FREEZE_SECONDS,
        restart_seconds=0.2,
        rest_seconds=180.0,
        audit_pause_seconds=3.0,
    )


def draw_deposits(
    rng: random.Random, seconds: float, rate: float, transcripts: Path | None
) -> Iterator[Deposit]:
    """Every half second the beginning of some calls and the rest of those before."""
    said = read_transcripts(transcripts) if transcripts else []
    rest: list[Utterance] = []
    for tick in range(int(seconds / SECONDS_BETWEEN_DEPOSITS)):
        utterances, rest = rest, []
        for place in range(round((tick + 1) * rate / 2) - round(tick * rate / 2)):
            call = f"{tick + 1}{place:03d}"
            turns = converse(rng, said)
            rows = [
                Utterance(call, "B1", None, who, text, rng.random() / 10) for who, text in turns
            ]
            cut = rng.randint(1, len(rows))
            utterances += rows[:cut]
            rest += rows[cut:]
        yield Deposit(tick * SECONDS_BETWEEN_DEPOSITS, 0.0, tuple(utterances))
    if rest:
        yield Deposit(seconds, 0.0, tuple(rest))


def draw_faults(rng: random.Random, seconds: float) -> Iterator[Act]:
    at = SECONDS_BETWEEN_FAULTS
    while at < seconds:
        draw = rng.random()
        if draw < 0.1:
            yield Act(at, "restart", seconds=rng.choice((0.2, 1.0, 4.0)))
        elif draw < 0.15:
            yield Act(at, "freeze", copy="A")
        else:
            yield Act(
                at,
                "oracle",
                "clear; " + rng.choice(ORACLE_FAULTS).format(n=rng.randint(1, 30)) + " for CDC",
            )
        at += rng.uniform(0.5, 1.5) * SECONDS_BETWEEN_FAULTS


class Meter:
    """Looks at the service's process every few seconds."""

    def __init__(self, round_: Round, say: Say) -> None:
        self.round = round_
        self.say = say
        self.usages: list[Usage] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def close(self) -> None:
        self.stop.set()
        self.thread.join()

    def run(self) -> None:
        began_at = time.monotonic()
        while not self.stop.wait(SECONDS_BETWEEN_LOOKS):
            pid = self.round.processes.pids.get(self.round.copies.process_of("A"))
            usage = measure(pid, time.monotonic() - began_at) if pid else None
            if usage:
                self.usages.append(usage)
                if len(self.usages) % 12 == 0:
                    self.say(describe(usage, len(self.round.queues.accepted)))


def describe(usage: Usage, accepted: int) -> str:
    return (
        f"    {usage.seconds / 60:5.1f} min: {usage.resident_bytes / 2**20:.1f} MiB, {usage.threads} threads, "
        f"{usage.sockets} sockets, {accepted} messages\n"
    )


def measure(pid: int, seconds: float) -> Usage | None:
    """From /proc; None when the process is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        links = [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in status.splitlines())
    sockets = sum(str(link).startswith("socket:") for link in links)
    return Usage(seconds, int(fields["VmRSS"].split()[0]) * 1024, int(fields["Threads"]), sockets)


def growth(usages: Sequence[Usage], seconds: float) -> Iterator[str]:
    """What grew: memory by thirds of the run, threads and sockets since they were warm."""
    thirds = [
        [u for u in usages if seconds * n / 3 <= u.seconds < seconds * (n + 1) / 3]
        for n in range(3)
    ]
    if not all(thirds):
        yield "the run was too short to tell of growth"
        return
    second, last = (mean(u.resident_bytes for u in third) for third in thirds[1:])
    if last > second * LARGEST_GROWTH:
        yield f"memory grew from {second / 2**20:.1f} MiB to {last / 2**20:.1f} MiB"
    warm = [u for u in usages if u.seconds <= max(WARM_SECONDS, seconds / 3)]
    for name in ("threads", "sockets"):
        before, after = (
            max(getattr(u, name) for u in warm),
            median(getattr(u, name) for u in thirds[2]),
        )
        if after > before:
            yield f"{name} grew from {before} to {after:g}"
