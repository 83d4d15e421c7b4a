"""The invented submission form of the specification as a manifest, and the findings that it must raise."""

import csv
import io

#: What the form says above its table, in the words of a manifest.
HEADER = {
    "external_id": "HTSF--QX-901",
    "requester_name": "Robin Vantage",
    "requester_email": "robin.vantage@example.org",
    "kit_requested": "Rapid Sequencing with Barcoding (SQK-RBK114.24)",
    "flow_cell_requested": "MinION Flow Cell",
    "contains_human_dna": "No",
    "material": "PCR Amplicons",
    "organism": "Exampella testii",
    "buffer": "EB",
    "genome_size": "600",
    "target": "50x-100x",
    "comment": "600 bp amplicon, want 20,000 reads per sample",
}
#: The findings that it must raise, and no others.
FINDINGS = {
    "BARCODE_CAPACITY",
    "KIT_SAMPLE_TYPE_MISMATCH",
    "UNIT_AMBIGUOUS",
    "FLUOROMETRIC_MISSING",
    "PURITY_MISSING",
    "LOW_VOLUME",
    "TARGET_AS_READS",
    "CONTROL_NOT_DECLARED",
    "KIT_SPELLING",
}
_COLUMNS = ("sample_name", "volume_ul", "qubit_ng_per_ul", "nanodrop_ng_per_ul", "a260_a280", "a260_a230")


def rows() -> list[dict[str, str]]:
    """Return the rows of the form: names, 2 µL each, NanoDrop values and A260/280, nothing else."""
    found = []
    for number in range(1, 95):
        nanodrop, ratio = f"{38.0 + number % 7 * 0.7:.1f}", f"{1.78 + number % 5 * 0.01:.2f}"
        found.append(_row(f"QX_{number:02d}", nanodrop, ratio))
    return [*found, _row("Positive control", "40.0", "1.80"), _row("BLANK", "0.4", "")]


def _row(name: str, nanodrop: str, ratio: str) -> dict[str, str]:
    values = (name, "2", "", nanodrop, ratio, "")
    return dict(zip(_COLUMNS, values, strict=True))


def manifest() -> bytes:
    """Return the form as a CSV manifest: its header line by line, then its table."""
    out = io.StringIO()
    plain = csv.writer(out)
    plain.writerows(HEADER.items())
    plain.writerow([])
    table = csv.DictWriter(out, fieldnames=_COLUMNS)
    table.writeheader()
    table.writerows(rows())
    return out.getvalue().encode()
