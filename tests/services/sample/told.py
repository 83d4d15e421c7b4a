"""Run folders that are read and told to the product as its ingestion tells them."""

from pathlib import Path
from typing import Any

import msgspec

from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.splitting import split
from nanopore_tracking.runfolders.summaries import Cache
from tests.harness.product import checked
from tests.runfolders import made as folder_maker
from tests.runfolders.vintages import Read
from tests.services.sample.pooled import Pooling

MODEL = "dna_r10.4.1_e8.2_400bps_hac@v5.2.0"


async def told(made: Pooling, run: Any, folder: Path, cache: Path) -> None:
    """Tell what is read of a folder; it must be of the run."""
    for part in split(folders.read(folder, Cache(cache))):
        body = {"reader": "bench", "reading": msgspec.to_builtins(part)}
        assert checked(await made.manager.post("/api/runs/acquisitions", json=body))["run"] == run["code"]


def folder_of(root: Path, run: Any, reads: list[Read], *, protocol_run_id: str, model: str = MODEL) -> Path:
    """Make a folder of a planned run; model: empty for a folder that does not say it."""
    ids = {"protocol_group_id": run["experiment_id"], "sample_id": run["sample_id"], "flow_cell_id": run["flow_cell"]}
    folder = folder_maker.folder(root, reads, **ids, position=run["position"], protocol_run_id=protocol_run_id)
    if model:
        folder_maker.report(folder, model=model, min_q=9)
    return folder
