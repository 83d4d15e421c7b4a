"""Measures the reading of a large sequencing summary against NanoStat and pycoQC, each in an environment of its own.

`RUNS_READS` sets how many reads (5,000,000), `RUNS_FOLDER` where the file and the environments are kept between runs.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import uuid
import venv
from pathlib import Path

READS = int(os.environ.get("RUNS_READS", "5000000"))
MEMORY_BAR_MB, AGAIN_BAR_S, NANOSTAT_BAR, PYCOQC_BAR = 500, 1.0, 1.0, 0.25
_BLOCK = 100_000
_HOURS = 72
_COLUMNS = (
    "filename_fastq filename_pod5 parent_read_id read_id run_id channel mux minknow_events start_time duration "
    "passes_filtering template_start num_events_template template_duration sequence_length_template "
    "mean_qscore_template pore_type experiment_id sample_id end_reason alias type barcode_arrangement "
    "barcode_kit barcode_variant barcode_score barcode_front_score barcode_front_foundseq_length "
    "barcode_front_begin_index barcode_rear_score barcode_rear_foundseq_length barcode_rear_end_index"
)
_OTHERS = {"NanoStat": ["NanoStat==1.6.0"], "pycoQC": ["pycoQC==2.5.2", "pandas<2", "numpy<2", "setuptools<81"]}
_MINE = """
import json, sys, time
from pathlib import Path
from nanopore_tracking.runfolders.summaries import Cache
cache, path = Cache(Path(sys.argv[2])), Path(sys.argv[1])
whole = cache.read(path).whole
began = time.perf_counter()
cache.read(path)
print(json.dumps([whole.reads, whole.bases, whole.n50_bases, time.perf_counter() - began]))
"""


def _line(drawn: random.Random) -> tuple[str, float, str]:
    """Return what stands before and behind the start of a read, and the start within its block, in seconds."""
    name = f"barcode{drawn.randint(1, 24):02}" if drawn.random() < 0.96 else "unclassified"
    sure = name != "unclassified"
    length = min(
        900_000, max(60, int(drawn.lognormvariate(8.6, 1) if drawn.random() > 0.12 else drawn.lognormvariate(6, 0.6)))
    )
    q = min(35.0, max(2.0, drawn.gauss(17.5, 2.8) if drawn.random() < 0.85 else drawn.gauss(7, 2)))
    passed, took_s = q >= 9, length / drawn.gauss(400, 15) + 0.4
    read_id = str(uuid.UUID(int=drawn.getrandbits(128), version=4))
    file = f"PAX12345_{'pass' if passed else 'fail'}_{name}_e4994c62_0f1d7e9e_0"
    before = [f"{file}.fastq.gz", f"{file}.pod5", read_id, read_id, "0f1d7e9e" * 5]
    before += [str(drawn.randint(1, 2995)), str(drawn.randint(1, 4)), str(int(took_s * 180))]
    behind = [f"{took_s:.6f}", "TRUE" if passed else "FALSE", "1.000000", str(int(took_s * 830)), f"{took_s - 0.3:.6f}"]
    behind += [str(length), f"{q:.6f}", "not_set", "EXP_014", "pool_014", "signal_positive"]
    behind += [f"S{name[-2:]}" if sure else name, "test_sample" if sure else "na", name, "SQK-NBD114-24", "var1"]
    behind += [
        f"{drawn.random():.6f}",
        f"{drawn.random():.6f}",
        "24",
        str(drawn.randint(0, 60)),
        f"{drawn.random():.6f}",
    ]
    return "\t".join(before), drawn.uniform(0, 3600), "\t".join([*behind, "24", str(drawn.randint(0, 60))])


def generate(path: Path, reads: int) -> None:
    """Write a summary; blocks of 100,000 reads come again, later in the run."""
    drawn = random.Random(14)
    block = [_line(drawn) for _ in range(min(reads, _BLOCK))]
    step_s = _HOURS * 3600 / max(1, reads // _BLOCK)
    with path.open("w", encoding="ascii") as file:
        file.write("\t".join(_COLUMNS.split()) + "\n")
        for number in range(-(-reads // _BLOCK)):
            left = block[: reads - number * _BLOCK]
            file.writelines(f"{before}\t{start + number * step_s:.6f}\t{behind}\n" for before, start, behind in left)


def _measured(command: list[str]) -> tuple[str, float, float]:
    """Run a command and return what it prints, its processor seconds and the most memory it had, in MB."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}.")
    return text, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _environment(folder: Path, packages: list[str]) -> Path:
    """Return the programs of an environment with packages, which is made where it is not there."""
    done = folder / "installed"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(pip, check=True)
        done.touch()
    return folder / "bin"


def _nanostat(bin_folder: Path, path: Path) -> tuple[list[int], float, float]:
    text, cpu_s, memory_mb = _measured([str(bin_folder / "NanoStat"), "--tsv", "--summary", str(path)])
    said = dict(line.split("\t")[:2] for line in text.splitlines() if "\t" in line)
    return [int(float(said[name])) for name in ("number_of_reads", "number_of_bases", "n50")], cpu_s, memory_mb


def _pycoqc(bin_folder: Path, path: Path) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as out:
        command = [str(bin_folder / "pycoQC"), "--summary_file", str(path), "--json_outfile", f"{out}/out.json"]
        _, cpu_s, memory_mb = _measured([*command, "--quiet"])
    return cpu_s, memory_mb


def main() -> None:
    """Print the figures and their ratios; exit with 1 where a bar is missed."""
    folder = Path(os.environ.get("RUNS_FOLDER", Path(tempfile.gettempdir()) / "nanopore-bench-runs"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"sequencing_summary_{READS}.txt"
    if not path.exists():
        print(f"writing {READS:,} reads to {path}", flush=True)
        generate(path, READS)
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        text, cpu_s, memory_mb = _measured([sys.executable, "-c", _MINE, str(path), cache])
    *mine, again_s = json.loads(text)
    print(
        f"this product  {cpu_s:6.1f} s of processor, {memory_mb:6.0f} MB; asked again {again_s:.3f} s; {mine}",
        flush=True,
    )
    others, nano_s, nano_mb = _nanostat(_environment(folder / "NanoStat", _OTHERS["NanoStat"]), path)
    print(f"NanoStat      {nano_s:6.1f} s of processor, {nano_mb:6.0f} MB; {others}", flush=True)
    pyco_s, pyco_mb = _pycoqc(_environment(folder / "pycoQC", _OTHERS["pycoQC"]), path)
    print(f"pycoQC        {pyco_s:6.1f} s of processor, {pyco_mb:6.0f} MB", flush=True)
    bars = {
        f"reads, bases and N50 are NanoStat's: {mine == others}": mine == others,
        f"memory {memory_mb:.0f} MB (at most {MEMORY_BAR_MB})": memory_mb <= MEMORY_BAR_MB,
        f"asked again in {again_s:.3f} s (less than {AGAIN_BAR_S:.0f})": again_s < AGAIN_BAR_S,
        f"{cpu_s / nano_s:.2f} of NanoStat's processor time (at most {NANOSTAT_BAR:.2f})": cpu_s
        <= NANOSTAT_BAR * nano_s,
        f"{cpu_s / pyco_s:.2f} of pycoQC's processor time (at most {PYCOQC_BAR:.2f})": cpu_s <= PYCOQC_BAR * pyco_s,
    }
    for said, holds in bars.items():
        print(f"{'holds ' if holds else 'MISSED'}  {said}")
    if not all(bars.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
