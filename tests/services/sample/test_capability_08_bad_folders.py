"""Whatever is wrong with a run folder is said in one sentence, its run stands as it is, and the other runs go on."""

import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness.product import Product, checked
from tests.runfolders import made as folders
from tests.runfolders import vintages
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.test_capability_08_run_folders import FOLDERS, commanded

READS = vintages.draw(60)
_OLD_S = time.time() - 3 * 3600


def _writing(folder: Path) -> None:
    next(folder.glob("final_summary*")).unlink()


def _unfinished(folder: Path) -> None:
    _writing(folder)
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (_OLD_S, _OLD_S))


def _of_another_run(folder: Path) -> None:
    vintages.join(next(folder.glob("sequencing_summary*")), "minknow-24.11", {"b" * 40: READS})


def _without_reads(folder: Path) -> None:
    vintages.write(next(folder.glob("sequencing_summary*")), "minknow-24.11", [])


def _of_another_program(folder: Path) -> None:
    next(folder.glob("sequencing_summary*")).write_text("sample,fraction\nx,0.1\n")
    next(folder.glob("pore_activity*")).write_bytes(b"\x00\x01\x02")
    (folder / "report_PAX1.json").write_text("[1, 2")
    (folder / "output_hash_PAX1.csv").write_text("who,what\n1,2\n")


def _whole(_folder: Path) -> None:
    pass


#: What is done to a folder → how its run stands then, and what is said of it.
BAD: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "writing": (_writing, "writing", "The run is still being written"),
    "unfinished": (_unfinished, "unfinished", "the run did not end well"),
    "of another": (_of_another_run, "complete", "the summary in its folder is of another run"),
    "without reads": (_without_reads, "empty", "The summary of this run has no reads."),
    "other program": (_of_another_program, "complete", "its summary cannot be read, so its reads are not known"),
    "whole": (_whole, "complete", "The run is complete: 60 reads"),
}


async def _laid_out(made: Pooling, root: Path) -> dict[str, tuple[Any, Path]]:
    found = {}
    for name, (spoil, _, _) in BAD.items():
        run = await planned(made, await made.pooled(1, 2))
        said = {"protocol_group_id": run["experiment_id"], "sample_id": run["sample_id"]}
        said |= {"flow_cell_id": run["flow_cell"], "position": run["position"]}
        protocol_run_id = f"{secrets.token_hex(4)}-2222-4333-8444-555555555555"
        folder = folders.folder(root / name, READS, protocol_run_id=protocol_run_id, **said)
        # What a run without a final summary is known by.
        (folder / "sample_sheet_X.csv").write_text(
            "experiment_id,sample_id,flow_cell_id,position_id\n"
            f"{run['experiment_id']},{run['sample_id']},{run['flow_cell']},{run['position']}\n"
        )
        spoil(folder)
        found[name] = (run, folder)
    (root / "nobody").mkdir()
    (root / "nobody" / "sequencing_summary.txt").write_bytes(b"\x89HDF\r\n")
    return found


async def test_each_bad_folder_is_one_sentence_and_stops_no_other(product: Product, tmp_path: Path) -> None:
    made = await pooling(product)
    root = tmp_path / "data"
    laid = await _laid_out(made, root)
    watch = ("watch", root, "--once", "--cache", tmp_path / "cache")
    code, out, err = await commanded(product, made.manager, *watch)
    assert (code, err) == (0, "")
    assert "Nothing in this folder says which run it is of" in out
    for name, (run, folder) in laid.items():
        _, state, sentence = BAD[name]
        items = checked(await made.manager.get(FOLDERS, params={"run": run["code"]}))["items"]
        (own,) = [item for item in items if item["folder"] == str(folder)]
        assert (own["state"], sentence in own["sentence"]) == (state, True), (name, own["sentence"])
    said = " ".join(
        checked(await made.manager.get(FOLDERS, params={"run": laid["other program"][0]["code"]}))["items"][0][
            "problems"
        ]
    )
    for part in ("does not name the columns", "The file is not plain text", "no whole JSON", "has no column file_path"):
        assert part in said, part
    sets = checked(await made.manager.get("/api/runs/read-sets", params={"run": laid["of another"][0]["code"]}))[
        "items"
    ]
    assert sets == [], "reads of another run are not this one's"

    shutil.rmtree(laid["whole"][1])
    assert (await commanded(product, made.manager, *watch))[0] == 0
    run = laid["whole"][0]["code"]
    (gone,) = checked(await made.manager.get(FOLDERS, params={"run": run}))["items"]
    assert (gone["state"], gone["reads"]) == ("vanished", 60), "what was read of it stays"
    assert checked(await made.manager.get("/api/runs/read-sets", params={"run": run}))["items"]
