"""Tells what a value is by its shape alone, for labels that nobody knows: kits, flow cells, formats, organisms."""

import re

_FORMAT = r"(?:FASTQ|FAST5|POD5|BAM|CRAM|UBAM|FASTA)(?:\.gz)?"
#: What a value looks like, whatever its label says; only shapes that hardly anything else on a form has.
_ANY_CASE: tuple[tuple[str, str], ...] = (
    ("library_kit", r".{0,60}\b(?:SQK|EXP|VSK)-[A-Z]{2,4}\d{2,3}(?:[.-]\d{1,2})?(?:-XL)?\)?"),
    ("flow_cell_type", r".{0,30}\bFLO-[A-Z]{3}\d{2,3}[A-Z]{0,2}\b.{0,20}"),
    ("flow_cell_type", r"(?:MinION|PromethION|Flongle|GridION)(?: flow ?cell)?(?: \(?R\d+\.\d+(?:\.\d+)?\)?)?"),
    (
        "basecalling",
        r"(?:HAC|SUP|FAST)(?:\s*\([^)]*\))?(?: v?\d[\d.]*)?|(?:super|high)[ -](?:high[ -])?accuracy.{0,20}",
    ),
    ("file_format", rf"{_FORMAT}(?:\s*(?:/|\+|,|and|&)\s*{_FORMAT})*"),
    ("biosafety", r"(?:BSL|S|biosafety level|risk group|RG)[ -]?[1-4]\+?"),
    ("coverage", r"[~>≥]?\s*\d{1,5}\s?[x×](?:\s*(?:-|–|to)\s*\d{1,5}\s?[x×])?(?: coverage)?"),
    ("genome_size", r"[~≈]?\s*\d[\d.,]*\s?(?:Gb|Mb|Gbp|Mbp)"),
    ("priority", r"(?:normal|standard|rush|urgent|high|low|express|routine|expedited)(?: priority)?"),
    (
        "sample_type",
        (
            r"(?:HMW |high molecular weight )?"
            r"(?:genomic |total |poly\(?A\)?\+? |fragmented |plasmid |double-stranded )?"
            r"(?:g|c|m)?(?:DNA|RNA)(?: ?/ ?gDNA)?|(?:PCR )?amplicons?|plasmids?(?: DNA)?|(?:PCR|long) products?"
        ),
    ),
    (
        "buffer",
        (
            r"(?:low )?TE(?: buffer)?|EB(?: buffer)?|(?:nuclease|DNase|RNase)[ -]free (?:water|H2O)|"
            r"(?:molecular )?(?:biology )?(?:grade )?water|\d+ ?mM tris.{0,30}|(?:qiagen )?(?:elution )?buffer \w{1,3}|"
            r"tris(?:-HCl)?.{0,20}"
        ),
    ),
)
_EXACT: tuple[tuple[str, str], ...] = (
    ("quote_id", r"[A-Z]{2,6}--[A-Z]{1,4}-\d{1,5}"),
    (
        "institution",
        (
            r"(?:[\w'’.&-]+ ){0,6}(?:University|Institute|College|Hospital|Universität|Université|Instituto|"
            r"Universidad|Institut|Academy|Polytechnic|Hochschule)(?: (?:of|for|de|da|di|del|für|[\w'’.&-]+)){0,7}"
        ),
    ),
    ("lab_name", r"(?:[\w'’.-]+,? ){1,3}(?:\([\w é.ÉÈ&-]+\) )?(?:Lab|Laboratory|Group)"),
    ("account", r"PO[- #]?\d{4,10}|\d{2}-\d{5}-\d{4}|[A-Z]{2,6}-[A-Z]{2}-\d{3,5}"),
)
_SHAPES = [(field, re.compile(pattern)) for field, pattern in _EXACT] + [
    (field, re.compile(pattern, re.IGNORECASE)) for field, pattern in _ANY_CASE
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GENERA = _words(
    "escherichia saccharomyces homo mus arabidopsis drosophila caenorhabditis zea mycobacterium bacillus "
    "pseudomonas danio "
    "staphylococcus streptococcus candida aspergillus plasmodium rattus gallus sus bos oryza triticum solanum "
    "nicotiana "
    "klebsiella salmonella vibrio listeria acinetobacter neurospora schizosaccharomyces xenopus fungi toxoplasma "
    "trypanosoma leishmania lactobacillus clostridium enterococcus neisseria haemophilus legionella helicobacter "
    "campylobacter shigella yersinia exampella synechocystis chlamydomonas physcomitrella populus vitis glycine "
    "medicago "
    "hordeum brassica macaca pan canis felis equus ovis capra apis anopheles aedes bombyx tribolium"
)  # fmt: skip


def looks_like(text: str) -> str | None:
    """Return the field whose values have the shape of a text, where it is hardly anything else."""
    bare = " ".join(text.split()).strip(" .")
    if not 1 < len(bare) <= 90:
        return None
    for field, shape in _SHAPES:
        if shape.fullmatch(bare):
            return field
    words = bare.split()
    latin = len(words) >= 2 and words[0].casefold() in _GENERA and words[0][0].isupper()
    return "organism" if latin and len(words) <= 7 else None
