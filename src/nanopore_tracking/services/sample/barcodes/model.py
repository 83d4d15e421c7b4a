"""Which barcode of which set a name means, its sequence, and the alias of its reads."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.contracts.api.sample.libraries import NewAssignment
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.catalogue.model import BarcodeSet, Catalogue
from nanopore_tracking.services.sample.names import model as names

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True, slots=True)
class Barcode:
    """A barcode of a sample in a library; sequence: None where the catalogue does not have it."""

    id: UUID
    sample_id: UUID
    sample_code: str
    kit: str
    number: int
    barcode: str
    sequence: str | None
    alias: str

    @property
    def key(self) -> str:
        """What two barcodes are compared by: the sequence, or the set and the number without one."""
        return self.sequence or f"{self.kit}:{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A sample that gets barcodes."""

    id: UUID
    code: str
    alias: str


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The kits and the barcode sets as they are in effect."""

    catalogue: Catalogue
    sets: Sequence[BarcodeSet]

    def set_of(self, kit: str) -> BarcodeSet | None:
        """Return the barcodes of a kit, however its code is written."""
        known = self.catalogue.kit_named(kit)
        code = known.code if known else kit.strip().upper().replace(".", "-")
        return next((found for found in self.sets if found.code == code), None)


def found(shelf: Shelf, kit: str, number: int) -> tuple[str, str | None]:
    """Return the code of the set and the sequence of a barcode of a kit; Invalid where the kit does not have it."""
    known = shelf.catalogue.kit_named(kit)
    barcodes = shelf.set_of(kit)
    if barcodes is None:
        if known is None:
            return kit.strip(), None
        raise _invalid(f"{known.code} has no barcodes. Name the expansion whose barcodes are used.")
    sequences = {barcode.index: barcode.sequence for barcode in barcodes.barcodes}
    if number not in sequences:
        first, last = min(sequences), max(sequences)
        raise _invalid(
            f"{barcodes.code} has {len(sequences)} barcodes, {first} to {last}; barcode{number:02d} is none of them."
        )
    return barcodes.code, sequences[number]


def _invalid(message: str) -> errors.Invalid:
    field = errors.FieldError("barcodes", message)
    return errors.Invalid(f"{message} Nothing was changed.", fields=[field])


def assigned(
    shelf: Shelf, kit: str, asked: Sequence[NewAssignment], *, samples: Mapping[str, Labelled]
) -> list[Barcode]:
    """Return the barcodes of a library as they are stored.

    samples: by their code and by their id. Invalid for a barcode that the kit does not have, for one that is there
    twice by its sequence, for an alias that is there twice or that MinKNOW uses itself.
    """
    made = []
    for item in asked:
        sample = _sample(item, samples)
        number = int(re.sub("[^0-9]", "", item.barcode))
        code, sequence = found(shelf, item.kit or kit, number)
        made.append((item, sample, code, number, sequence))
    many = Counter(sample.id for _, sample, *_ in made)
    seen: Counter[UUID] = Counter()
    barcodes = []
    for item, sample, code, number, sequence in made:
        alias = item.alias or _alias(sample.alias, seen[sample.id] if many[sample.id] > 1 else None)
        seen[sample.id] += 1
        barcodes.append(
            Barcode(
                id=uuid7(),
                sample_id=sample.id,
                sample_code=sample.code,
                kit=code,
                number=number,
                barcode=f"barcode{number:02d}",
                sequence=sequence,
                alias=alias,
            )
        )
    _different(barcodes)
    return barcodes


def _sample(item: NewAssignment, samples: Mapping[str, Labelled]) -> Labelled:
    different = {sample.id: sample for sample in samples.values()}
    if item.sample is None and len(different) == 1:
        return next(iter(different.values()))
    sample = samples.get((item.sample or "").upper()) or samples.get(item.sample or "")
    if sample is None:
        raise _invalid(f"Say which sample of the library {item.barcode} belongs to; {item.sample or 'none'} is none.")
    return sample


def _alias(alias: str, place: int | None) -> str:
    """Return the alias of one of several barcodes of a sample: S1_a, S1_b."""
    if place is None:
        return alias
    letters = _LETTERS[place % 26] if place < 26 else _LETTERS[place // 26 - 1] + _LETTERS[place % 26]
    return f"{alias[: names.LONGEST_ALIAS - 1 - len(letters)]}_{letters}"


def _different(barcodes: Sequence[Barcode]) -> None:
    keys: dict[str, Barcode] = {}
    aliases: set[str] = set()
    for barcode in barcodes:
        other = keys.setdefault(barcode.key, barcode)
        if other is not barcode:
            raise _invalid(same(barcode, other))
        key = names.alias_key(barcode.alias)
        if key in aliases:
            raise _invalid(f"The alias {barcode.alias} is there twice.")
        if names.reserved(barcode.alias):
            raise _invalid(f"{barcode.alias} is a name that MinKNOW uses itself.")
        aliases.add(key)


def same(one: Barcode, other: Barcode) -> str:
    """Return the sentence that says that two barcodes are the same one."""
    if one.kit == other.kit:
        return f"{one.barcode} of {one.kit} is there twice, for {other.sample_code} and {one.sample_code}."
    return (
        f"{one.barcode} of {one.kit} ({one.sample_code}) and {other.barcode} of {other.kit} ({other.sample_code}) are "
        "two names of one sequence."
    )


def complement(sequence: str) -> str:
    """Return the other strand of a sequence, in its own direction."""
    return sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))
