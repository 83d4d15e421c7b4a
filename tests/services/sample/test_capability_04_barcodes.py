"""Capability 4: one catalogue of barcodes with sequences; what is in one pool can be told apart."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.pools import NewPool
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.config.catalogues.store import seed
from nanopore_tracking.services.sample.pools import commands as pools
from tests.harness.laboratory import Laboratory

REPLACED = (26, 39, 40, 48, 54, 60)


async def at_library_prep(laboratory: Laboratory) -> UUID:
    sample_id = await laboratory.register()
    for to in ("received", "sample_qc", "library_prep"):
        await laboratory.move(sample_id, to, reason="A test.", override=True, may=True)
    return sample_id


async def library(laboratory: Laboratory, kit: str, number: int, *, sample_id: UUID | None = None) -> str:
    made = await laboratory.library(
        sample_id or await at_library_prep(laboratory), kit=kit, barcodes=[{"barcode": f"barcode{number:02d}"}]
    )
    return str(made["code"])


async def pool(laboratory: Laboratory, *codes: str, **said: Any) -> Any:
    asked = msgspec.convert({"components": [{"library": code} for code in codes], **said}, NewPool)
    return await laboratory.run(lambda tx: pools.create_pool(tx, asked))


async def refusal(laboratory: Laboratory, *codes: str, **said: Any) -> errors.Conflict:
    with pytest.raises(errors.Conflict) as refused:
        await pool(laboratory, *codes, **said)
    assert "Nothing was changed." in refused.value.message
    return refused.value


def sequences(kit: str) -> dict[int, str]:
    entry = next(entry for entry in seed("barcodes")[1] if entry["code"] == kit)
    return {barcode["index"]: barcode.get("sequence") for barcode in entry["barcodes"]}


async def test_capability_04_refuses_a_25th_sample_on_a_24_plex_kit(laboratory: Laboratory) -> None:
    sample_id = await at_library_prep(laboratory)
    codes = [await library(laboratory, "SQK-NBD114-24", number, sample_id=sample_id) for number in range(1, 25)]
    codes.append(await library(laboratory, "SQK-NBD114-24", 1))

    refused = await refusal(laboratory, *codes)

    assert refused.type == "barcode-capacity"
    assert "SQK-NBD114-24 has 24 barcodes" in refused.message
    with pytest.raises(errors.Invalid) as beyond:
        await library(laboratory, "SQK-NBD114-24", 25)
    assert "has 24 barcodes, 1 to 24; barcode25 is none of them" in beyond.value.message
    assert len((await pool(laboratory, *codes[:24]))["barcodes"]) == 24


@pytest.mark.parametrize("written", ["NB07", "nb 07", "Barcode7", "7"])
async def test_capability_04_takes_a_barcode_as_it_stands_on_the_plate(laboratory: Laboratory, written: str) -> None:
    sample_id = await at_library_prep(laboratory)

    made = await laboratory.library(sample_id, kit="SQK-NBD114-24", barcodes=[{"barcode": written}])

    assert made["barcodes"] == ["barcode07"]


async def test_capability_04_refuses_the_same_barcode_twice(laboratory: Laboratory) -> None:
    first, second = [await library(laboratory, "SQK-NBD114-24", 5) for _ in range(2)]

    refused = await refusal(laboratory, first, second)

    assert refused.type == "barcode-collision"
    assert "barcode05 of SQK-NBD114-24 is there twice" in refused.message


async def test_capability_04_refuses_two_names_of_one_sequence(laboratory: Laboratory) -> None:
    small, large = await library(laboratory, "SQK-RBK114-24", 7), await library(laboratory, "SQK-RBK114-96", 7)

    refused = await refusal(
        laboratory, small, large, arrangement={"name": "both_rapid_kits", "reason": "The 24-plex ran out."}
    )

    assert refused.type == "barcode-collision"
    assert "two names of one sequence" in refused.message


async def test_capability_04_refuses_two_kits_unless_an_arrangement_is_attached(laboratory: Laboratory) -> None:
    native, rapid = await library(laboratory, "SQK-NBD114-24", 1), await library(laboratory, "SQK-RBK114-24", 2)

    refused = await refusal(laboratory, native, rapid)
    assert refused.type == "pool-of-one-kit"
    assert "one kit" in refused.message

    arrangement = {"name": "native_and_rapid", "reason": "One flow cell is left."}
    made = await pool(laboratory, native, rapid, arrangement=arrangement)
    assert sorted(made["kits"]) == ["SQK-NBD114-24", "SQK-RBK114-24"]
    assert made["arrangement_name"] == "native_and_rapid"


async def test_capability_04_the_database_itself_refuses_a_barcode_twice(laboratory: Laboratory) -> None:
    first, second = [await library(laboratory, "SQK-NBD114-24", 9) for _ in range(2)]
    made = await pool(laboratory, first)

    async with laboratory.owner() as owner:
        await owner.execute(
            "INSERT INTO pool_component (pool_id, library_id, position, share) SELECT $1, id, 2, 1 FROM library "
            "WHERE code = $2",
            UUID(made["id"]),
            second,
        )
        with pytest.raises(asyncpg.UniqueViolationError):
            await owner.execute(
                "INSERT INTO pool_barcode SELECT $1, b.library_id, b.id, b.sequence_key FROM barcode_assignment b JOIN "
                "library l ON l.id = b.library_id WHERE l.code = $2",
                UUID(made["id"]),
                second,
            )


def test_capability_04_the_rapid_kits_share_their_first_24_sequences_and_no_more_names() -> None:
    small, large = sequences("SQK-RBK114-24"), sequences("SQK-RBK114-96")

    assert len(large) == len(set(large.values())) == 96
    assert None not in large.values()
    assert small == {number: large[number] for number in range(1, 25)}


def test_capability_04_six_wells_of_the_rapid_96_plex_have_sequences_of_their_own() -> None:
    rapid, pcr, native = sequences("SQK-RBK114-96"), sequences("EXP-PBC096"), sequences("SQK-NBD114-96")

    assert {number for number in rapid if rapid[number] != pcr[number]} == set(REPLACED)
    assert all(rapid[number] not in native.values() for number in (*range(1, 13), *REPLACED))
    assert native[13] == rapid[13], "the rest is the same, whatever the kits are called"
    assert sequences("SQK-NBD114-24") == {number: native[number] for number in range(1, 25)}
