"""Where one can go: the pages that exist, and the permission that each of them needs."""

from dataclasses import dataclass

from nanopore_tracking.web.session import Person


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the navigation; `key` goes there after `g`."""

    path: str
    word: str
    icon: str
    needs: str
    key: str = ""
    current: bool = False


WORK = (
    Entry(path="/samples", word="Samples", icon="samples", needs="samples.read", key="s"),
    Entry(path="/board", word="Board", icon="board", needs="samples.move", key="b"),
    Entry(path="/submissions", word="Submissions", icon="inbox", needs="submissions.read", key="u"),
)
FACILITY: tuple[Entry, ...] = (
    Entry(path="/audit", word="Audit log", icon="clock", needs="audit.read", key="a"),
    Entry(path="/settings", word="Settings", icon="sliders", needs="catalogues.read", key="t"),
)


def seen_by(person: Person, path: str) -> list[tuple[str, list[Entry]]]:
    """Return the groups of the navigation that a person can use, the present page marked."""
    groups = []
    for heading, entries in (("", WORK), ("Facility", FACILITY)):
        allowed = [
            Entry(
                path=entry.path,
                word=entry.word,
                icon=entry.icon,
                needs=entry.needs,
                key=entry.key,
                current=path == entry.path or path.startswith(entry.path + "/"),
            )
            for entry in entries
            if person.can(entry.needs)
        ]
        if allowed:
            groups.append((heading, allowed))
    return groups


def landing(person: Person) -> str:
    """Return the page that a person starts on: the first that they can use."""
    for _, entries in seen_by(person, ""):
        return entries[0].path
    return "/password"
