"""Makes run folders as MinKNOW leaves them, for tests of whatever reads them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.runfolders import vintages
from tests.runfolders.vintages import ACQUISITION, PROTOCOL_RUN, Read

NAME = "20251009_0853_1C_PAX12345_e4994c62"
_FINAL = {
    "instrument": "PC24B218",
    "position": "1C",
    "flow_cell_id": "PAX12345",
    "sample_id": "pool_014",
    "protocol_group_id": "EXP_014",
    "protocol": "sequencing/sequencing_PRO114_DNA_e8_2_400K:FLO-PRO114M:SQK-NBD114-24:400",
    "protocol_run_id": PROTOCOL_RUN,
    "acquisition_run_id": ACQUISITION,
    "started": "2025-10-09T08:55:43.473579+02:00",
    "acquisition_stopped": "2025-10-12T08:55:52.148588+02:00",
    "processing_stopped": "2025-10-12T09:14:59.683028+02:00",
    "basecalling_enabled": "1",
    "sequencing_summary_file": "sequencing_summary_PAX12345_e4994c62_0f1d7e9e.txt",
    "pod5_files_in_final_dest": "1",
}


def report(folder: Path, *, model: str, min_q: float, acquisition_run_id: str = ACQUISITION) -> Path:
    """Write MinKNOW's report of a folder: the acquisition, its model, the limit of what passes."""
    named = {"basecalling_model_names": {"simplex_model": model}, "basecalling_model_version": model}
    run = {"run_id": acquisition_run_id, "config_summary": named}
    said = {"protocol_run_info": {"args": [f"min_qscore={min_q}"]}, "acquisitions": [{"acquisition_run_info": run}]}
    path = folder / "report_PAX12345_20251009_0853_e4994c62.json"
    path.write_text(json.dumps(said))
    return path


def folder(
    root: Path, reads: Sequence[Read] = (), *, final: bool = True, program: str = "minknow-24.11", **said: Any
) -> Path:
    """Make a run folder and return its path. said: of the final summary, in place of what it says here."""
    told = _FINAL | said
    path = root / f"20251009_0853_{told['position']}_{told['flow_cell_id']}_{told['protocol_run_id'][:8]}"
    (path / "pod5").mkdir(parents=True)
    (path / "pod5" / "PAX12345_e4994c62_0f1d7e9e_0.pod5").write_bytes(b"\x8bPOD\r\n\x1a\n")
    vintages.write(path / "sequencing_summary_PAX12345_e4994c62_0f1d7e9e.txt", program, reads)
    states = {"strand": 300, "adapter": 60, "pore": 40, "no_pore": 600}
    lines = [f"{state},{minute},{samples}" for minute in range(120) for state, samples in states.items()]
    (path / "pore_activity_PAX12345_e4994c62_0f1d7e9e.csv").write_text(
        "\n".join(["Channel State,Experiment Time (minutes),State Time (samples)", *lines]) + "\n"
    )
    if final:
        text = "".join(f"{key}={value}\n" for key, value in told.items())
        (path / "final_summary_PAX12345_e4994c62_0f1d7e9e.txt").write_text(text)
    return path
