"""Writes sequencing summaries as every program that we know has written them, with reads that are drawn by a seed."""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ACQUISITION = "0f1d7e9e" * 5
PROTOCOL_RUN = "e4994c62-93f9-439a-bc8f-d20c95a137a5"

#: What a program wrote → its columns, in its order.
COLUMNS = {
    "albacore-1.2": (
        "filename read_id run_id channel start_time duration num_events template_start num_events_template "
        "template_duration num_called_template sequence_length_template mean_qscore_template "
        "strand_score_template"
    ),
    "guppy-2": (
        "filename read_id run_id batch_id channel mux start_time duration num_events passes_filtering "
        "template_start num_events_template template_duration sequence_length_template mean_qscore_template "
        "strand_score_template median_template mad_template"
    ),
    "guppy-barcoded": (
        "filename read_id run_id channel mux start_time duration num_events passes_filtering "
        "template_duration sequence_length_template mean_qscore_template barcode_arrangement barcode_kit "
        "barcode_variant barcode_score"
    ),
    "guppy-3-calibrated": (
        "filename read_id run_id batch_id channel mux start_time duration num_events passes_filtering template_start "
        "num_events_template template_duration sequence_length_template mean_qscore_template strand_score_template "
        "median_template mad_template calibration_strand_genome calibration_strand_identity calibration_strand_score"
    ),
    "guppy-6-server": (
        "filename read_id parent_read_id run_id batch_id channel mux start_time duration minknow_events "
        "passes_filtering template_start num_events_template template_duration sequence_length_template "
        "mean_qscore_template median_template mad_template barcode_arrangement barcode_full_arrangement barcode_kit"
    ),
    "buttery-eel": (
        "filename_out parent_read_id read_id run_id channel mux minknow_events start_time duration passes_filtering "
        "template_start num_events_template template_duration sequence_length_template mean_qscore_template "
        "strand_score_template median_template mad_template pore_type experiment_id sample_id end_reason"
    ),
    "bonito-0.2": (
        "filename read_id run_id channel mux start_time duration template_start template_duration "
        "sequence_length_template mean_qscore_template"
    ),
    "minknow-20": (
        "filename_fastq filename_fast5 read_id run_id channel mux start_time duration num_events passes_filtering "
        "template_start num_events_template template_duration sequence_length_template mean_qscore_template "
        "strand_score_template median_template mad_template pore_type experiment_id sample_id end_reason"
    ),
    "minknow-22": (
        "filename_fastq filename_fast5 parent_read_id read_id run_id channel mux start_time duration "
        "num_events passes_filtering template_start num_events_template template_duration "
        "sequence_length_template mean_qscore_template strand_score_template pore_type experiment_id "
        "sample_id end_reason alias type barcode_arrangement barcode_kit barcode_variant barcode_score"
    ),
    "minknow-24.11": (
        "filename_fastq filename_pod5 filename_bam parent_read_id read_id run_id channel mux minknow_events "
        "start_time duration passes_filtering template_start num_events_template template_duration "
        "sequence_length_template mean_qscore_template pore_type experiment_id sample_id end_reason alias "
        "type barcode_arrangement barcode_kit barcode_variant barcode_score"
    ),
    "minknow-25.05-rna": (
        "filename_fastq filename_pod5 parent_read_id read_id run_id channel mux minknow_events start_time "
        "duration passes_filtering template_start num_events_template template_duration "
        "sequence_length_template mean_qscore_template poly_tail_length poly_tail_start poly_tail_end "
        "pore_type experiment_id sample_id end_reason"
    ),
    "minknow-raw": (
        "filename_fastq filename_fast5 read_id run_id channel mux start_time duration pore_type experiment_id "
        "sample_id end_reason"
    ),
    "dorado-0.3": (
        "filename read_id run_id channel mux start_time duration template_start template_duration "
        "sequence_length_template mean_qscore_template barcode"
    ),
    "dorado-1.0": (
        "filename read_id run_id channel mux start_time duration template_start template_duration "
        "sequence_length_template mean_qscore_template poly_tail_length barcode alignment_genome"
    ),
    "dorado-1.4": (
        "input_filename batch_id parent_read_id read_id run_id channel mux minknow_events start_time duration "
        "passes_filtering template_start num_events_template template_duration sequence_length_template "
        "mean_qscore_template poly_tail_length pore_type experiment_id sample_id end_reason alias type "
        "barcode_arrangement barcode_kit barcode_variant barcode_score alignment_genome "
        "duplex_parent_template duplex_parent_complement"
    ),
}
_UUID_RUNS = ("dorado-0.3", "dorado-1.0", "dorado-1.4")


@dataclass(frozen=True, kw_only=True)
class Read:
    """One read as it was drawn."""

    read_id: str
    channel: int
    start_s: float
    length: int
    q: float
    barcode: str

    @property
    def passed(self) -> bool:
        """Whether a basecaller of a hac model lets it pass."""
        return self.q >= 9


def draw(count: int, *, seed: int = 14, barcodes: int = 3) -> list[Read]:
    """Return reads; the last barcode is `unclassified`."""
    drawn = random.Random(seed)
    names = [f"barcode{number + 1:02}" for number in range(barcodes)] + ["unclassified"]
    return [
        Read(
            read_id=str(uuid.UUID(int=drawn.getrandbits(128), version=4)),
            channel=drawn.randint(1, 512),
            start_s=round(drawn.uniform(0, 7200), 6),
            length=max(1, int(drawn.lognormvariate(8, 1))),
            q=round(max(1.0, drawn.gauss(15, 4)), 6),
            barcode=drawn.choice(names),
        )
        for _ in range(count)
    ]


def text(program: str, reads: Sequence[Read], *, end: str = "\n", true: str = "TRUE") -> str:
    """Return a whole summary."""
    return end.join(lines(program, reads, true=true)) + end


def lines(program: str, reads: Sequence[Read], *, true: str = "TRUE") -> Iterator[str]:
    """Yield the header and a line for each read."""
    names = COLUMNS[program].split()
    yield "\t".join(names)
    unknown = "unknown" if program == "dorado-1.4" else "-"
    false = {"TRUE": "FALSE", "True": "False"}[true]
    for read in reads:
        sure = read.barcode != "unclassified"
        values = {
            "read_id": read.read_id,
            "parent_read_id": read.read_id,
            "run_id": PROTOCOL_RUN if program in _UUID_RUNS else ACQUISITION,
            "channel": str(read.channel),
            "mux": "1",
            "start_time": f"{read.start_s:.6f}",
            "duration": f"{read.length / 400 + 0.5:.6f}",
            "template_duration": f"{read.length / 400:.6f}",
            "sequence_length_template": str(read.length),
            "mean_qscore_template": f"{read.q:.6f}",
            "passes_filtering": true if read.passed else false,
            "barcode_arrangement": read.barcode,
            "barcode": read.barcode,
            "alias": f"S{read.barcode[-2:]}" if sure else "unclassified",
            "end_reason": "signal_positive",
            "poly_tail_length": "-1",
        }
        yield "\t".join(values.get(name, unknown) for name in names)


def write(path: Path, program: str, reads: Sequence[Read], **how: str) -> Path:
    """Write a summary and return its path."""
    path.write_bytes(text(program, reads, **how).encode())
    return path


def join(path: Path, program: str, reads_of: Mapping[str, Sequence[Read]]) -> Path:
    """Write one summary of several runs and return its path. reads_of: the reads of each run id, one after another."""
    header = next(lines(program, ()))
    body = [
        line.replace(PROTOCOL_RUN, run_id).replace(ACQUISITION, run_id)
        for run_id, reads in reads_of.items()
        for line in list(lines(program, reads))[1:]
    ]
    path.write_text("\n".join([header, *body]) + "\n")
    return path


def half(lengths: Sequence[int]) -> int:
    """Return the N50 of lengths by its definition, read by read."""
    seen, whole = 0, sum(lengths)
    for length in sorted(lengths, reverse=True):
        seen += length
        if 2 * seen >= whole:
            return length
    return 0
