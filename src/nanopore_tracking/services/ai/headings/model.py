"""Which field a heading names: the vocabulary of manifests, and what to do where a heading leaves a doubt."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import msgspec

from nanopore_tracking.contracts.manifest import BY_NAME, FIELDS, HEADER_FIELDS
from nanopore_tracking.services.ai.quantities.model import factor_of, is_unit, unit_key

Method = Literal["exact", "synonym", "learnt", "person", "unknown"]

#: Headings that do not say how a concentration was measured; the empty one stands for a heading that is only a unit.
_CONCENTRATION = (
    "concentration",
    "conc",
    "sample concentration",
    "sample conc",
    "dna concentration",
    "dna conc",
    "rna concentration",
    "rna conc",
    "nucleic acid concentration",
    "nucleic acid conc",
    "concentration of sample",
    "concentration of dna",
    "stock concentration",
    "stock conc",
    "",
)

#: Headings for each field, as `key_of` writes them, without units. One heading may stand under several fields: then the
#: values decide where they can (`kind`, `material`), else a person.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "sample_name": (
        "sample", "sample id", "sample identifier", "sample label", "sample code", "name", "name of sample", "sampleid",
        "samplename", "tube label", "tube name", "tube id", "label", "specimen", "specimen id", "specimen name",
        "customer sample name", "customer sample id", "client sample name", "client sample id", "your sample name",
        "user sample name", "submitter sample name", "submitted name", "sample alias", "alias", "isolate", "isolate id",
    ),
    "kind": ("sample kind", "control", "control type", "type of control", "sample type", "type", "role"),
    "material": (
        "sample material", "nucleic acid", "nucleic acid type", "type of nucleic acid", "molecule", "molecule type",
        "template", "template type", "input type", "input material", "dna type", "type of dna", "rna type",
        "type of sample", "sample type", "type", "dna or rna", "dna rna",
    ),
    "organism": (
        "source organism", "organism name", "species", "scientific name", "species name", "organism species", "taxon",
        "sample organism", "origin organism", "genus and species", "genus species",
    ),
    "volume_ul": (
        "vol", "sample volume", "sample vol", "total volume", "total vol", "volume submitted", "submitted volume",
        "volume provided", "volume available", "available volume", "tube volume", "volume of sample", "final volume",
        "elution volume", "volume in tube", "amount volume", "microliter", "ul",
    ),
    "qubit_ng_per_ul": (
        "qubit", "qubit conc", "qubit concentration", "conc qubit", "concentration qubit", "concentration by qubit",
        "conc by qubit", "qubit reading", "qubit value", "qubit result", "qubit hs", "qubit br", "qubit dsdna",
        "qubit dsdna hs", "qubit dsdna br", "qubit measurement", "qubit quantification", "qubit fluorometer",
        "fluorometric conc", "fluorometric concentration", "fluorometry", "concentration fluorometric",
        "conc fluorometric", "picogreen", "picogreen concentration", "picogreen conc", "quantifluor",
        "quant it concentration", *_CONCENTRATION,
    ),
    "nanodrop_ng_per_ul": (
        "nanodrop", "nanodrop conc", "nanodrop concentration", "conc nanodrop", "concentration nanodrop",
        "concentration by nanodrop", "conc by nanodrop", "nano drop", "nano drop conc", "nano drop concentration",
        "nanodrop reading", "nanodrop value", "nanodrop result", "nanodrop measurement", "spectrophotometer",
        "spectrophotometric concentration", "spectrophotometric conc", "absorbance concentration", "absorbance conc",
        "uv concentration", "uv conc", "a260 concentration", "a260 conc", *_CONCENTRATION,
    ),
    "a260_a280": ("260 280", "a260 280", "a 260 a 280", "a 260 280", "od260 280", "od 260 280", "od260 od280",
        "abs 260 280", "r260 280", "purity 260 280", "nanodrop 260 280", "nanodrop a260 a280", "260 280 nanodrop"),
    "a260_a230": ("260 230", "a260 230", "a 260 a 230", "a 260 230", "od260 230", "od 260 230", "od260 od230",
        "abs 260 230", "r260 230", "purity 260 230", "nanodrop 260 230", "nanodrop a260 a230", "260 230 nanodrop"),
    "fragment_bp": (
        "fragment size", "fragment length", "fragment", "size", "mean size", "mean fragment size", "mean length",
        "mean fragment length", "average size", "average fragment size", "average fragment length", "avg size",
        "avg fragment size", "amplicon size", "amplicon length", "insert size", "insert length", "peak size", "length",
        "expected size", "expected fragment size", "expected length", "expected fragment length", "size of fragment",
        "product size", "approx size", "approximate size", "target size", "bp",
    ),
    "buffer": (
        "sample buffer", "elution buffer", "eluted in", "storage buffer", "resuspension buffer", "resuspended in",
        "dissolved in", "solvent", "diluent", "buffer type", "buffer solution",
    ),
    "comment": (
        "comments", "note", "notes", "remark", "remarks", "additional comments", "additional information",
        "additional notes", "special instructions", "special needs", "sample comment", "sample comments",
        "sample notes", "comments notes", "other information",
    ),
}  # fmt: skip

#: Labels above the table for each header field, as `key_of` writes them.
LABELS: dict[str, tuple[str, ...]] = {
    "external_id": ("quote", "quote id", "quote no", "quote number", "request", "request id", "request no",
        "request number", "identifier", "ilab id", "ilab request", "service request", "order number", "order no"),
    "requester_name": ("requester", "requested by", "requester name", "name of requester", "submitter",
        "submitter name", "submitted by", "contact", "contact name", "contact person"),
    "requester_email": ("email", "e mail", "e mail address", "email address", "requester email", "requester e mail",
        "submitter email", "contact email", "contact e mail"),
    "service_type": ("service", "service requested", "service type", "type of service"),
    "kit_requested": ("kit", "library kit", "library prep kit", "library preparation kit", "sequencing kit",
        "kit requested", "requested kit"),
    "flow_cell_requested": ("flow cell", "flowcell", "flow cell type", "flowcell type", "type of flow cell",
        "flow cell selection", "flow cell requested"),
    "priority": ("priority", "urgency"),
    "contains_human_dna": ("human dna", "contains human dna", "do these samples contain human dna", "human samples"),
    "material": ("sample type", "type of sample", "material", "sample material"),
    "organism": ("organism", "source organism", "species"),
    "buffer": ("buffer", "sample buffer", "elution buffer"),
    "genome_size": ("genome size", "approx genome size", "approximate genome size", "estimated genome size"),
    "target": ("target", "coverage", "target coverage", "coverage needed", "approx coverage needed", "desired coverage",
        "target yield", "target reads"),
    "comment": ("comment", "comments", "special needs", "additional comments", "additional comments special needs",
        "special instructions", "notes", "remarks"),
}  # fmt: skip

_IGNORED = re.compile(
    r"\b(?:ratio|required|optional|mandatory|if (?:known|available|used|any|applicable)|approx|measured|value)\b"
)
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
#: Units that are also ordinary letters or words: only in brackets are they units.
_BRACKETS_ONLY = frozenset({"l", "b", "%", "ng", "ug", "pg", "mg", "mb", "base", "nm", "pm", "um"})


class Heading(msgspec.Struct, frozen=True):
    """A heading taken apart: its words in one spelling, and the unit as written, if it names one."""

    text: str
    key: str
    unit: str | None


class Candidates(msgspec.Struct, frozen=True):
    """The fields that a heading may name; method: of the match."""

    fields: tuple[str, ...]
    method: Method


NOTHING = Candidates((), "unknown")


def plain(text: str) -> str:
    """Return a text in one spelling: any µ is `u`, no case, single spaces; under it a lab's choice is remembered."""
    text = unicodedata.normalize("NFKC", text.replace("_", " ")).casefold().replace("\u03bc", "u")
    return " ".join(text.split())[:200]


def key_of(text: str) -> str:
    """Return the words of a heading and nothing else."""
    return _NOT_WORD.sub(" ", text).strip()


@lru_cache(maxsize=4096)
def take_apart(text: str) -> Heading:
    """Return the words and the unit of a heading: `Conc. (ng/µL)`, `volume_ul` and `Qubit, ng per ul` have units."""
    rest = plain(text)
    unit = None
    for found in _BRACKETS.finditer(rest):
        # `(Qubit, ng/µL)`: what stands before the unit says more of the column.
        more, _, last = found[1].rpartition(",")
        last = last.strip().removeprefix("in ")
        if unit is None and is_unit(last):
            unit = last
            rest = rest.replace(found[0], f" {more} ")
    if unit is None:
        rest, unit = _without_trailing_unit(rest)
    return Heading(text, key_of(_IGNORED.sub(" ", rest)), unit)


def _without_trailing_unit(text: str) -> tuple[str, str | None]:
    words = text.replace(",", " ").split()
    for count in (3, 2, 1):
        unit = " ".join(words[-count:])
        if len(words) >= count and is_unit(unit) and unit_key(unit) not in _BRACKETS_ONLY:
            rest = words[:-count]
            if rest and rest[-1] == "in":
                rest.pop()
            return " ".join(rest), unit
    return text, None


@lru_cache(maxsize=4096)
def _without_remark(heading: Heading) -> str:
    """Return the words of a heading without a remark in brackets; nothing where there is none.

    `(max. 8 characters)` is one; what says how something was measured is not.
    """
    if "(" not in heading.text and "[" not in heading.text:
        return ""
    text = plain(heading.text)
    remarks = [found[1] for found in _BRACKETS.finditer(text) if not is_unit(found[1].rpartition(",")[2].strip())]
    if not remarks or any(frozenset(key_of(remark).split()) & _TELLING for remark in remarks):
        return ""
    for found in _BRACKETS.finditer(text):
        text = text.replace(found[0], " ")
    return key_of(_IGNORED.sub(" ", _without_trailing_unit(text)[0]))


def _vocabulary() -> dict[str, Candidates]:
    found: dict[str, list[str]] = {}
    for name, keys in SYNONYMS.items():
        for key in keys:
            found.setdefault(key, []).append(name)
    known = {key: Candidates(tuple(names), "synonym") for key, names in found.items()}
    for field in FIELDS:
        for text in (field.name, field.title):
            known[take_apart(text).key] = Candidates((field.name,), "exact")
    return known


def candidates(heading: Heading) -> Candidates:
    """Return the fields that a heading may name; none whose unit the heading's cannot be turned into."""
    found = _VOCABULARY.get(heading.key, NOTHING)
    if not found.fields and (bare := _without_remark(heading)):
        found = _VOCABULARY.get(bare, NOTHING)
    if heading.unit is None:
        return found if heading.key else NOTHING
    fields = tuple(name for name in found.fields if factor_of(heading.unit, BY_NAME[name].unit) is not None)
    return Candidates(fields, found.method) if fields else NOTHING


def label_of(text: str) -> str:
    """Return the header field that a label above the table names, or the label itself where none is known."""
    return _LABELS.get(key_of(plain(text)), " ".join(text.split()).strip(" :*")[:100])


_VOCABULARY = _vocabulary()
_LABELS = {key: name for name, keys in LABELS.items() for key in keys} | {
    key_of(plain(text)): field.name for field in HEADER_FIELDS for text in (field.name, field.title)
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FLUORESCENCE = _words("qubit fluorometer fluorometric fluorometry fluorimetric fluorescence picogreen quantifluor")
_ABSORBANCE = _words(
    "nanodrop spectrophotometer spectrophotometric spectrophotometry spectroscopy spectrometer uv absorbance denovix"
)
_TELLING = _FLUORESCENCE | _ABSORBANCE | _words("280 230 a280 a230 od280 od230")
_CONTENT = _words("concentration conc conc. concn quantity quantification quant amount yield reading measured")
_NAMES = _words("name id label code identifier identification designation no number ref reference title alias")
_TUBES = _words("sample samples tube tubes specimen isolate vial library dna rna")
_WHOSE = _words("customer client your submitter user of on the s")
_SIZES = _words("fragment fragments amplicon insert length size lengths sizes n50 bp kb")
_BY_WORDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("volume_ul", frozenset(("volume", "vol", "volumes"))),
    ("fragment_bp", _SIZES),
    ("organism", frozenset(("organism", "species", "strain", "taxon"))),
    ("buffer", frozenset(("buffer", "solvent", "eluted", "diluent", "elution"))),
    ("comment", frozenset(("comment", "comments", "remark", "remarks", "notes", "note"))),
)


def near(heading: Heading) -> Candidates:
    """Return what a heading that no list has may name by its words and unit; several fields where it leaves a doubt.

    For forms, whose readings a person looks at; manifests ask instead.
    """
    words = frozenset((_without_remark(heading) or heading.key).split())
    ratio = {"280", "a280", "od280"} & words, {"230", "a230", "od230"} & words, {"260", "a260", "od260"} & words
    if ratio[2] and bool(ratio[0]) != bool(ratio[1]):
        return Candidates(("a260_a280" if ratio[0] else "a260_a230",), "synonym")
    unit = heading.unit
    if not any(word.isalpha() for word in words):
        return NOTHING
    if words & (_FLUORESCENCE | _ABSORBANCE):
        if unit is not None and factor_of(unit, "ng/µL") is None:
            return NOTHING
        both = bool(words & _FLUORESCENCE) and bool(words & _ABSORBANCE)
        named = "qubit_ng_per_ul" if words & _FLUORESCENCE else "nanodrop_ng_per_ul"
        return NOTHING if both else Candidates((named,), "synonym")
    if words & _CONTENT or (unit is not None and factor_of(unit, "ng/µL") is not None):
        fits = unit is None or factor_of(unit, "ng/µL") is not None
        sure = unit is not None or bool(words & {"concentration", "conc"})
        return Candidates(("qubit_ng_per_ul", "nanodrop_ng_per_ul"), "synonym") if fits and sure else NOTHING
    if "ul" in words and not words & _CONTENT:
        return Candidates(("volume_ul",), "synonym")
    if unit is not None:
        own = {name: factor_of(unit, BY_NAME[name].unit) for name in ("volume_ul", "fragment_bp")}
        fitting = tuple(name for name, each in own.items() if each is not None)
        return Candidates(fitting, "synonym") if len(fitting) == 1 and "genome" not in words else NOTHING
    if words & _NAMES and words & _TUBES and words <= _NAMES | _TUBES | _WHOSE:
        return Candidates(("sample_name",), "synonym")
    found = [name for name, named in _BY_WORDS if words & named]
    return (
        Candidates((found[0],), "synonym") if len(found) == 1 and len(words) <= 4 and "genome" not in words else NOTHING
    )
