"""What is done with a sample by the jobs over many, each run to its end in one transaction."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.basecallings import BasecallingSheet
from nanopore_tracking.contracts.api.sample.bulk import BulkChange
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.basecallings import commands as basecallings
from nanopore_tracking.services.sample.bulk import commands as bulk
from nanopore_tracking.services.sample.bulk import store as bulk_store
from nanopore_tracking.services.sample.bulk_groups import commands as groups
from tests.harness.laboratory import Laboratory


async def many(laboratory: Laboratory, sample_id: UUID, operation: dict[str, Any]) -> None:
    """Do something with the sample by a job over many."""
    asked = msgspec.convert({"selection": {"ids": [sample_id]}, "operation": operation}, BulkChange)
    await _job(laboratory, lambda tx: bulk.begin(tx, asked, may_override=False))


async def sheet(laboratory: Laboratory, sample_id: UUID, barcode: str) -> None:
    """Record the basecalling of the sample by a sheet."""
    code = (await laboratory.show(sample_id)).code
    heads = "sample,barcode,model,reads,bases_pass_bp,n50_bp,mean_q"
    asked = BasecallingSheet(sheet=f"{heads}\n{code},{barcode},dna_sup@v5.2.0,20000,90000000,4900,18.4")
    await _job(laboratory, lambda tx: basecallings.begin(tx, asked))


async def _job(laboratory: Laboratory, begin: Callable[[Transaction], Awaitable[Written]]) -> None:
    async def run(tx: Transaction) -> Written:
        begun = await begin(tx)
        job = await bulk_store.find_job(tx, UUID(msgspec.json.decode(begun.item)["id"]))
        for number in range(job.groups_left):
            await groups.run_group(tx, job, number)
        return begun

    await laboratory.run(run)
