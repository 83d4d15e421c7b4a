"""Where one can go: the pages that exist, and the permission that each of them needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nanopore_tracking.web.session import Person


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the navigation; `key` goes there after `g`, `count` things wait there for a decision.

    bar: its place among the most used ones, of which the bar of a narrow window shows the first four; 0: never there.
    """

    path: str
    word: str
    icon: str
    needs: str
    key: str = ""
    bar: int = 0
    current: bool = False
    count: int = 0


WORK: tuple[Entry, ...] = (
    Entry(path="/samples", word="Samples", icon="samples", needs="samples.read", key="s", bar=1),
    Entry(path="/board", word="Board", icon="board", needs="samples.move", key="b", bar=3),
    Entry(path="/submissions", word="Submissions", icon="inbox", needs="submissions.read", key="u", bar=4),
)
LABORATORY: tuple[Entry, ...] = (
    Entry(path="/queue", word="Queue", icon="queue", needs="samples.read", key="q", bar=2),
    Entry(path="/bench", word="Bench", icon="pipette", needs="custody.write", key="n"),
    Entry(path="/overrides", word="Overrides", icon="key", needs="samples.override"),
    Entry(path="/libraries", word="Libraries", icon="helix", needs="samples.read", key="l"),
    Entry(path="/pools", word="Pools", icon="drops", needs="samples.read", key="p"),
    Entry(path="/protocols", word="Protocols", icon="book", needs="protocols.read"),
    Entry(path="/runs", word="Runs", icon="run", needs="inventory.read", key="r", bar=6),
    Entry(path="/run-folders", word="Run folders", icon="folder", needs="inventory.read"),
    Entry(path="/deliveries", word="Deliveries", icon="truck", needs="deliveries.read", bar=5),
)
STOCK: tuple[Entry, ...] = (
    Entry(path="/storage", word="Storage", icon="cold", needs="storage.read", key="c"),
    Entry(path="/labels", word="Labels", icon="tag", needs="storage.read", key="e"),
    Entry(path="/flow-cells", word="Flow cells", icon="chip", needs="inventory.read"),
    Entry(path="/kit-lots", word="Kit lots", icon="kit", needs="inventory.read"),
    Entry(path="/instruments", word="Instruments", icon="device", needs="inventory.read"),
)
FIGURES: tuple[Entry, ...] = (
    Entry(path="/overview", word="Overview", icon="gauge", needs="samples.move", key="o"),
    Entry(path="/reports", word="Reports", icon="chart", needs="samples.read"),
    Entry(path="/turnaround", word="Turnaround", icon="timer", needs="samples.read"),
    Entry(path="/charges", word="Charges", icon="coin", needs="charges.read"),
)
FACILITY: tuple[Entry, ...] = (
    Entry(path="/audit", word="Audit log", icon="clock", needs="audit.read", key="a", bar=7),
    Entry(path="/settings", word="Settings", icon="sliders", needs="catalogues.read", key="t", bar=8),
)
GROUPS = (("", WORK), ("Laboratory", LABORATORY), ("Stock", STOCK), ("Figures", FIGURES), ("Facility", FACILITY))

#: How many places the bar of a narrow window has beside the one that opens all of them.
MOST_IN_BAR = 4


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The bar of a narrow window; hidden_count: how much waits at the places that only the whole menu shows.

    elsewhere: the present page is one of those.
    """

    entries: Sequence[Entry]
    hidden_count: int
    elsewhere: bool


def seen_by(person: Person, path: str, counts: Mapping[str, int]) -> list[tuple[str, list[Entry]]]:
    """Return the groups of the navigation that a person can use, the present page marked."""
    groups = []
    for heading, entries in GROUPS:
        allowed = [
            replace(
                entry,
                current=path == entry.path or path.startswith(entry.path + "/"),
                count=counts.get(entry.path, 0),
            )
            for entry in entries
            if person.can(entry.needs)
        ]
        if allowed:
            groups.append((heading, allowed))
    return groups


def bar_of(groups: Sequence[tuple[str, Sequence[Entry]]]) -> Bar:
    """Return the most used of the places that a person can use, in their order."""
    every = [entry for _, entries in groups for entry in entries]
    ranked = sorted((entry for entry in every if entry.bar), key=lambda entry: entry.bar)[:MOST_IN_BAR]
    hidden = [entry for entry in every if entry not in ranked]
    return Bar(
        entries=ranked,
        hidden_count=sum(entry.count for entry in hidden),
        elsewhere=any(entry.current for entry in hidden),
    )


def landing(person: Person) -> str:
    """Return the page that a person starts on: the first that they can use."""
    for _, entries in seen_by(person, "", {}):
        return entries[0].path
    return "/password"
