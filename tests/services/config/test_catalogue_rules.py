"""What catalogues may hold, and that the shipped ones hold what the other services rely on; without a database."""

from datetime import date
from typing import Any

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.config.catalogues import model, store
from nanopore_tracking.services.config.catalogues.model import Latest
from nanopore_tracking.services.config.facility import model as facility

TODAY = date(2026, 11, 24)
THRESHOLD = {
    "code": "purity",
    "name": "A260/280",
    "gate": "sample_qc",
    "quantity": "a260_a280",
    "min": 1.75,
    "max": 2.0,
    "severity": "warn",
    "source": "choice of this facility",
    "standing": "site",
}


def _shipped(name: str) -> dict[str, dict[str, Any]]:
    return {entry["code"]: entry for entry in model.checked(name, store.seed(name)[1])}


@pytest.mark.parametrize("name", model.ENTRIES)
def test_every_shipped_entry_is_valid_and_says_where_it_is_from(name: str) -> None:
    assert all(entry["source"] and entry["standing"] for entry in _shipped(name).values())


def test_the_kits_have_as_many_barcodes_as_their_sets() -> None:
    kits, barcodes = _shipped("kits"), _shipped("barcodes")

    assert {code: kit["capacity"] for code, kit in kits.items() if kit["capacity"]} == {
        code: len(entry["barcodes"]) for code, entry in barcodes.items()
    }
    assert [barcode["name"] for barcode in barcodes["EXP-NBD114"]["barcodes"]][::11] == ["barcode13", "barcode24"]


def test_no_barcode_sequence_is_invented() -> None:
    known = {}
    for code, entry in _shipped("barcodes").items():
        sequences = {barcode["sequence"] for barcode in entry["barcodes"]}
        assert sequences == {None} or None not in sequences, f"{code} has some sequences only"
        assert (None not in sequences) == ("sequences" in entry["source"]), f"{code} does not say where they are from"
        known[code] = None not in sequences
        assert sequences == {None} or len(sequences) == len(entry["barcodes"])
    assert [code for code, there in known.items() if not there] == []


def test_sets_that_share_barcodes_share_their_sequences() -> None:
    """The relations between the sets that dorado's barcode_kits.cpp states by names (BC, NB, RLB12A, RBK, TP, RNA)."""
    sets = {
        code: {barcode["index"]: barcode["sequence"] for barcode in entry["barcodes"]}
        for code, entry in _shipped("barcodes").items()
    }
    rapid, native = sets["SQK-RBK114-24"], sets["SQK-NBD114-96"]
    assert sets["SQK-16S114-24"] == sets["SQK-PCB114-24"] == rapid
    assert {index for index in rapid if sets["SQK-RPB114-24"][index] != rapid[index]} == {12}
    assert sets["SQK-MLK114-96-XL"] == sets["SQK-HTB114-96"] == native
    direct = set(sets["SQK-DRB004-24"].values())
    assert {len(sequence) for sequence in direct} == {36}
    assert not direct & {
        sequence for code, found in sets.items() if code != "SQK-DRB004-24" for sequence in found.values()
    }
    assert {index for index, found in sets["SQK-RBK114-96"].items() if found != sets["EXP-PBC096"][index]} == {
        26, 39, 40, 48, 54, 60,
    }  # fmt: skip
    assert not set(sets["SQK-MAB114-24"].values()) & {*sets["EXP-PBC096"].values(), *native.values()}


def test_the_kits_run_on_flow_cells_that_are_listed_and_the_services_on_kits() -> None:
    kits, cells, services = _shipped("kits"), _shipped("flow_cells"), _shipped("service_types")

    assert {code for kit in kits.values() for code in kit["flow_cells"]} <= cells.keys()
    assert {service["default_kit"] for service in services.values()} <= kits.keys()
    assert set(services) == {"ont-dna", "ont-rna", "ont-amplicon"}
    assert [cells[code]["warranty_pores"] for code in ("FLO-FLG114", "FLO-MIN114", "FLO-PRO114M")] == [50, 800, 5000]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"surprise": 1}, "entries[0]"),
        ({"gate": "lunch"}, "entries[0]"),
        ({"code": "a b"}, "entries[0]"),
        ({"source": ""}, "entries[0]"),
        ({"min": 3.0}, "entries[0].max"),
        ({"min": None, "max": None}, "entries[0].min"),
    ],
)
def test_an_entry_that_cannot_be_right_is_refused_with_its_place(change: dict[str, Any], path: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        model.checked("thresholds", [THRESHOLD | change])

    assert [fault.path for fault in refused.value.fields] == [path]


def test_a_code_is_listed_once() -> None:
    with pytest.raises(errors.Invalid, match="twice"):
        model.checked("thresholds", [THRESHOLD, THRESHOLD])


def test_a_version_counts_from_today_or_later_but_not_from_before_the_last_one() -> None:
    latest = Latest(version=3, effective_from=date(2026, 12, 1), entries=[])

    assert model.effective(None, None, TODAY) == TODAY
    assert model.effective(None, latest, TODAY) == date(2026, 12, 1)
    assert model.effective(date(2027, 1, 1), latest, TODAY) == date(2027, 1, 1)
    with pytest.raises(errors.Invalid):
        model.effective(date(2026, 11, 30), latest, TODAY)


def test_changes_name_the_code_and_the_field() -> None:
    before = [{"code": "a", "min": 1}, {"code": "b", "min": 1}]
    after = [{"code": "a", "min": 2}, {"code": "c", "min": 1}]

    assert model.changes(before, after) == [("a.min", 1, 2), ("b", "listed", None), ("c", None, "listed")]


def test_a_setting_takes_what_its_kind_allows() -> None:
    zone, name = facility.BY_NAME["time_zone"], facility.BY_NAME["facility_name"]

    assert facility.checked(zone, "Europe/Berlin") == "Europe/Berlin"
    assert facility.checked(name, "  Core facility ") == "Core facility"
    for declared, value in ((zone, "Moon/Base"), (zone, "../../etc/passwd"), (name, "   ")):
        with pytest.raises(errors.Invalid):
            facility.checked(declared, value)
