"""What the lines of a sha256sum file say; each that cannot be taken is told by its number."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from nanopore_tracking.kernel import errors

#: What is read as a line: a backslash before it where its name is escaped, the sum, how it was read, the name.
_LINE = re.compile(r"(\\?)([0-9A-Fa-f]{64}) [ *](.+)")
_ESCAPES = {"\\": "\\", "n": "\n", "r": "\r"}
_OUTSIDE = re.compile(r"(^/|^[A-Za-z]:|(^|/)\.\.(/|$))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: The code of a sample, as a part of a path.
_CODE = re.compile(r"(?<![A-Za-z0-9])[Ss][0-9]{2}-[0-9]{6}(?![0-9])")
_MOST_PATH = 1000
_MOST_TOLD = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Summed:
    """A file and its sum."""

    path: str
    sha256: str


def sha256sum(text: str, *, field: str) -> list[Summed]:
    """Return the files of a sha256sum file, in its order; Invalid with an error for each line that cannot be taken.

    field: how the errors name the text. Lines end with LF or CRLF, a byte order mark is passed over, and so are blank
    lines and those that begin with #.
    """
    found: list[Summed] = []
    wrong: list[errors.FieldError] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        said = line.removesuffix("\r")
        if not said.strip() or said.startswith("#"):
            continue
        one, fault = _read(said)
        if one is not None and one.path in seen:
            fault = f"{one.path!r} stands in line {seen[one.path]} already."
        if one is None or fault:
            wrong.append(errors.FieldError(field, f"Line {number}: {fault}"))
            continue
        seen[one.path] = number
        found.append(one)
    if wrong:
        more = f" {len(wrong) - 5} more lines cannot be taken either." if len(wrong) > 5 else ""
        told = " ".join(each.message for each in wrong[:5])
        message = f"The sums cannot be taken. {told}{more} Nothing was changed."
        raise errors.Invalid(message, fields=wrong[:_MOST_TOLD])
    return found


def whose(path: str, names: Mapping[str, str]) -> str | None:
    """Return whose data a file is by its path; None where it names no sample, or more than one.

    names: the codes of samples by their names. A name counts where a folder is called so, and at the beginning of the
    file's own name, up to an ending or a mark: QX_01 in `QX_01/a.bam` and `QX_01.pass.bam`, not in `QX_010.bam`.
    """
    *folders, name = path.lower().split("/")
    found = set()
    for part, last in (*((folder, False) for folder in folders), (name, True)):
        fits = [each for each in names if _called(part, each.lower(), last=last)]
        if fits:
            found.add(names[max(fits, key=len)])
    return found.pop() if len(found) == 1 else None


def _called(part: str, name: str, *, last: bool) -> bool:
    return part == name or (last and part.startswith(name) and part[len(name)] in "._-")


def strangers(path: str, known: Set[str]) -> list[str]:
    """Return the codes of samples that a path names and that are none of those that are known."""
    return [code for code in map(str.upper, _CODE.findall(path)) if code not in known]


def _read(line: str) -> tuple[Summed | None, str]:
    """Return what a line says, or what is wrong with it."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None, "this is no sum of 64 hexadecimal digits, a blank, a blank or *, and a path."
    mark, total, name = match.groups()
    path = _unescaped(name) if mark else name
    if path is None:
        return None, "after a backslash stands n, r or another backslash."
    path = path.replace("\\", "/").removeprefix("./")
    if _CONTROL.search(path):
        return None, "names with line ends or other control characters cannot be kept; rename the file."
    if not path or _OUTSIDE.search(path):
        return None, f"{path!r} leads outside of the folder."
    if len(path) > _MOST_PATH:
        return None, f"the path is longer than {_MOST_PATH} characters."
    return Summed(path=path, sha256=total.lower()), ""


def _unescaped(name: str) -> str | None:
    """Return a name whose escapes are resolved; None where it has another escape than sha256sum writes."""
    parts = re.split(r"\\(.?)", name, flags=re.DOTALL)
    if any(escape not in _ESCAPES for escape in parts[1::2]):
        return None
    return "".join(_ESCAPES[part] if place % 2 else part for place, part in enumerate(parts))
