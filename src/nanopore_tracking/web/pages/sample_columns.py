"""The columns that the list of samples can have, and those that a person chose, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nanopore_tracking.web.address import Address


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. field: of the sample; cls: of its cells, with when it gives way in a narrow window.

    unit: stands in its heading; sort: the order that its heading asks for, blank where there is none.
    """

    name: str
    title: str
    field: str
    unit: str = ""
    cls: str = ""
    sort: str = ""


#: Those that the list has by itself, in their order; the code of the sample stands before them in any case.
_OWN = (
    Column(name="name", title="Name", field="name", cls="name", sort="name"),
    Column(name="lab", title="Lab", field="lab_name", cls="c1 clip"),
    Column(name="type", title="Type", field="material", cls="c4"),
    Column(name="qubit", title="Qubit", unit="ng/µL", field="qubit_ng_per_ul", cls="num c2"),
    Column(name="volume", title="Volume", unit="µL", field="volume_ul", cls="num c5"),
    Column(name="a260_a280", title="260/280", field="a260_a280", cls="num c2"),
    Column(name="stage", title="Stage", field="stage"),
    Column(name="status", title="Status", field="status"),
    Column(name="priority", title="Priority", field="priority", cls="c3", sort="priority"),
    Column(name="due", title="Due", field="due_at", cls="c1 nowrap", sort="due"),
    Column(name="assignee", title="Assignee", field="assignee", cls="c4 clip"),
    Column(name="updated", title="Updated", field="updated_at", cls="num c0", sort="updated"),
)
_MORE = (
    Column(name="alias", title="Alias", field="alias", cls="mono"),
    Column(name="kind", title="Kind", field="kind"),
    Column(name="organism", title="Organism", field="organism", cls="clip"),
    Column(name="project", title="Project", field="project_code"),
    Column(name="submission", title="Submission", field="submission_code"),
    Column(name="service", title="Service", field="service_type", cls="clip"),
    Column(name="tube", title="Tube", field="container_barcode", cls="mono clip"),
    Column(name="a260_a230", title="260/230", field="a260_a230", cls="num"),
    Column(name="fragment", title="Fragments", unit="bp", field="fragment_bp", cls="num"),
    Column(name="in_stage", title="In stage since", field="stage_entered_at", cls="num"),
    Column(name="created", title="Registered", field="created_at", cls="num"),
)
_BY_NAME = {column.name: column for column in (*_OWN, *_MORE)}
#: Between names in an address.
_APART = "."


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The columns of a list as they are shown, and those that can be added; own: nobody chose any."""

    address: Address
    shown: Sequence[Column]
    hidden: Sequence[Column]
    own: bool

    def moved(self, name: str, by: int) -> str | None:
        """Return the address with a column so many places on; None where it is there already."""
        names = [column.name for column in self.shown]
        place = names.index(name) + by
        if not 0 <= place < len(names):
            return None
        names.remove(name)
        names.insert(place, name)
        return self._with(names)

    def without(self, name: str) -> str | None:
        """Return the address without a column; None for the last one."""
        names = [column.name for column in self.shown if column.name != name]
        return self._with(names) if names else None

    def and_(self, name: str) -> str:
        """Return the address with another column at the end."""
        return self._with([*(column.name for column in self.shown), name])

    def _with(self, names: Sequence[str]) -> str:
        said = joined(names)
        return self.address.with_(columns=None if said == joined([column.name for column in _OWN]) else said)


def joined(names: Sequence[str]) -> str:
    """Return names of columns as an address says them."""
    return _APART.join(names)


def named(said: str) -> list[str]:
    """Return the names of columns that an address says; what is none is dropped."""
    return [name for name in dict.fromkeys(said.split(_APART)) if name in _BY_NAME]


def chosen(address: Address) -> Choice:
    """Return the columns that an address asks for; those of the list where it asks for none.

    Those that a person chose do not give way in a narrow window: the list scrolls sideways in its frame.
    """
    names = named(address["columns"])
    shown: Sequence[Column] = _OWN
    if names:
        shown = [replace(_BY_NAME[name], cls=_staying(_BY_NAME[name].cls)) for name in names]
    there = {column.name for column in shown}
    hidden = [column for column in _BY_NAME.values() if column.name not in there]
    return Choice(address=address, shown=shown, hidden=hidden, own=not names)


def _staying(cls: str) -> str:
    return " ".join(word for word in cls.split() if word not in ("c0", "c1", "c2", "c3", "c4", "c5"))
