"""Charts as SVG and HTML, without a script. Holes stay holes, and nothing is smoothed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup, escape

from sync_monitor.measurements import CellState
from sync_monitor.model import Sync
from sync_monitor.records import Mark
from sync_monitor.rules.periods import settled_until
from sync_monitor.web.words import STATES

#: A value to its height in the chart.
Upwards = Callable[[float], float]
#: What a strip shows, the newest day last.
STRIP_DAYS = 31
LEFT, RIGHT, WIDTH = 44.0, 752.0, 850
PANEL_HEIGHT, PANEL_STEP, TOP = 84.0, 118.0, 24.0
#: Labels at the right are no nearer to each other.
LABEL_STEP = 13.0
#: How bad a day is, for hours that share one, the worst first.
WORST_FIRST = (
    CellState.NO_PARTITION,
    CellState.ROWS_MISSING,
    CellState.EXTRA,
    CellState.CHANGED,
    CellState.NOT_MEASURED,
    CellState.LATE,
    CellState.OK,
    CellState.AWAITED,
    CellState.NOT_SETTLED,
)


@dataclass(frozen=True)
class Point:
    """A value at a place from 0, the left, to 1. None: nobody measured it.

    Parameters:
        text: the value as it is read.
    """

    at: float
    value: float | None
    text: str


@dataclass(frozen=True)
class Panel:
    """One figure over time, with the limits that it has."""

    caption: str
    points: tuple[Point, ...]
    warning: float
    critical: float
    unit: str


@dataclass(frozen=True)
class Label:
    """A text at the right end of a panel."""

    y: float
    kind: str
    text: str


def days_of(marks: Sequence[Mark], sync: Sync, now: datetime) -> dict[date, CellState]:
    """Return how each of the last days of a sync is. A day of hours is as its worst hour."""
    today = now.astimezone(sync.zone).date()
    settled = settled_until(now, sync).astimezone(sync.zone).date()
    found: dict[date, CellState] = {}
    for back in range(min(STRIP_DAYS, sync.window_days + 1) - 1, -1, -1):
        day = today - timedelta(days=back)
        found[day] = CellState.NOT_MEASURED
        if day >= settled:
            found[day] = CellState.NOT_SETTLED
    seen: set[date] = set()
    for mark in marks:
        day = date.fromisoformat(mark.partition[:10])
        if day not in found:
            continue
        if day not in seen or rank(mark.state) < rank(found[day]):
            found[day] = mark.state
        seen.add(day)
    return found


def rank(state: CellState) -> int:
    """Return the place of a state from the worst."""
    return WORST_FIRST.index(state)


def strip(name: str, days: Mapping[date, CellState]) -> Markup:
    """Return the days as a row of signs, each with its words, and all of them in one sentence."""
    parts: list[str] = []
    for day, state in days.items():
        kind, words = STATES[state]
        parts.append(f'<i class="c {kind}" title="{day:%a} {day.day} {day:%b}: {words}"></i>')
    label = escape(f"{name}: last {len(days)} days, {summary(days)}")
    signs = "".join(parts)
    return Markup(f'<span class="strip" role="img" aria-label="{label}">{signs}</span>')


def summary(days: Mapping[date, CellState]) -> str:
    """Return how many days are not in sync, by what they are."""
    counts: dict[str, int] = {}
    for state in days.values():
        if state is not CellState.OK:
            words = STATES[state][1]
            counts[words] = counts.get(words, 0) + 1
    if not counts:
        return "all in sync"
    return ", ".join(f"{words} {number}" for words, number in counts.items())


def spark(points: Sequence[Point]) -> Markup:
    """Return a small line without a scale, empty where it would have no two points."""
    measured = [point.value for point in points if point.value is not None]
    if len(measured) < 2:
        return Markup("")
    least, most = min(measured), max(measured)
    spread = (most - least) or 1.0
    lines: list[str] = []
    for run in runs_of(points):
        places: list[str] = []
        for at, value in run:
            places.append(f"{100 * at:.1f},{26 - 24 * (value - least) / spread:.1f}")
        lines.append(f'<polyline points="{" ".join(places)}"/>')
    return Markup(
        '<svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(lines)}</svg>"
    )


def runs_of(points: Sequence[Point]) -> Iterator[list[tuple[float, float]]]:
    """Yield the stretches in which each point was measured."""
    run: list[tuple[float, float]] = []
    for point in points:
        if point.value is not None:
            run.append((point.at, point.value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def trend(title: str, panels: Sequence[Panel], ticks: Sequence[tuple[float, str]]) -> Markup:
    """Return figures over time below each other, with one scale of time at the bottom."""
    height = TOP + PANEL_STEP * len(panels) + 2
    parts = [
        f'<svg class="trend" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}"><defs><pattern id="hatch" width="8" height="8" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line class="hatch" x1="0" y1="0" x2="0" y2="8"/></pattern></defs>'
    ]
    for number, panel in enumerate(panels):
        parts.extend(draw(panel, TOP + PANEL_STEP * number))
    bottom = TOP + PANEL_STEP * (len(panels) - 1) + PANEL_HEIGHT + 26
    for at, text in ticks:
        anchor = "start" if at < 0.02 else "middle"
        parts.append(
            f'<text class="ax" x="{across(at):.1f}" y="{bottom:.0f}" '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )
    parts.append("</svg>")
    return Markup("".join(parts))


def across(at: float) -> float:
    """Return where a place in time is."""
    return LEFT + (RIGHT - LEFT) * at


def draw(panel: Panel, top: float) -> Iterator[str]:
    """Yield the parts of a panel."""
    most = scale_of(panel)
    bottom = top + PANEL_HEIGHT

    def up(value: float) -> float:
        return bottom - PANEL_HEIGHT * value / most

    wide = RIGHT - LEFT
    critical = up(panel.critical)
    yield f'<text class="cap" x="{LEFT}" y="{top - 7:.0f}">{escape(panel.caption)}</text>'
    yield (
        f'<rect class="band-crit" x="{LEFT}" y="{top}" width="{wide}" '
        f'height="{max(0.0, critical - top):.1f}"/>'
    )
    for kind, value in (("warn", panel.warning), ("crit", panel.critical)):
        yield (
            f'<line class="th {kind}" x1="{LEFT}" x2="{RIGHT}" '
            f'y1="{up(value):.1f}" y2="{up(value):.1f}"/>'
        )
    yield f'<text class="ax" x="{LEFT - 6}" y="{bottom + 4}" text-anchor="end">0</text>'
    yield f'<text class="ax" x="{LEFT - 6}" y="{top + 4}" text-anchor="end">{most:g}</text>'
    yield f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{bottom}" y2="{bottom}"/>'
    yield from holes(panel, top)
    for run in runs_of(panel.points):
        places: list[str] = []
        for at, value in run:
            places.append(f"{across(at):.1f},{up(value):.1f}")
        yield f'<polyline class="ln" points="{" ".join(places)}"/>'
    for point in panel.points:
        if point.value is not None:
            yield mark(panel, point, up(point.value))
    for label in labels(panel, up(panel.warning), critical, up):
        yield (
            f'<text class="{label.kind}" x="{RIGHT + 8}" y="{label.y + 4:.1f}">'
            f"{escape(label.text)}</text>"
        )


def scale_of(panel: Panel) -> float:
    """Return the top of a panel: above its critical limit and all that was measured."""
    most = panel.critical * 1.5
    for point in panel.points:
        if point.value is not None:
            most = max(most, point.value * 1.15)
    for step in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100):
        if step >= most:
            return float(step)
    return float(-(-int(most) // 100) * 100)


def holes(panel: Panel, top: float) -> Iterator[str]:
    """Yield the stretches that nobody measured, hatched, the first of them with its words."""
    begin: float | None = None
    last = 0.0
    is_named = False
    for point in (*panel.points, Point(1.0, 0.0, "")):
        if point.value is None:
            if begin is None:
                begin = last
            continue
        if begin is not None:
            wide = across(point.at) - across(begin)
            yield (
                f'<rect class="hole" x="{across(begin):.1f}" y="{top}" width="{wide:.1f}" '
                f'height="{PANEL_HEIGHT}" fill="url(#hatch)"/>'
            )
            if not is_named and wide > 70:
                is_named = True
                middle = across(begin) + wide / 2
                yield (
                    f'<text class="holel" x="{middle:.1f}" y="{top + 46}" '
                    'text-anchor="middle">not measured</text>'
                )
            begin = None
        last = point.at


def mark(panel: Panel, point: Point, y: float) -> str:
    """Return a point: round, at a limit a triangle, at the critical one a diamond."""
    x = across(point.at)
    title = f"<title>{escape(point.text)}</title>"
    assert point.value is not None
    if point.value >= panel.critical > 0:
        place = f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z"
        return f'<path class="pt crit" d="{place}">{title}</path>'
    if point.value >= panel.warning > 0:
        place = f"M{x:.1f} {y - 5:.1f}l5 8.5h-10z"
        return f'<path class="pt warn" d="{place}">{title}</path>'
    return f'<circle class="pt fine" cx="{x:.1f}" cy="{y:.1f}" r="1.8">{title}</circle>'


def labels(panel: Panel, warning: float, critical: float, up: Upwards) -> list[Label]:
    """Return the texts at the right, moved apart where they would cover each other."""
    found = [
        Label(critical, "thl crit", f"critical {panel.critical:g} {panel.unit}"),
        Label(warning, "thl warn", f"warning {panel.warning:g} {panel.unit}"),
    ]
    newest = panel.points[-1] if panel.points else None
    if newest is not None and newest.value is not None:
        found.append(Label(up(newest.value), "now", newest.text.rpartition(": ")[2]))
    found.sort(key=lambda label: label.y)
    placed: list[Label] = []
    for label in found:
        y = label.y
        if placed:
            y = max(y, placed[-1].y + LABEL_STEP)
        placed.append(Label(y, label.kind, label.text))
    return placed
