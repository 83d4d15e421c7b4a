"""Rules for sentences: for each field the turns of phrase in which its value stands, the surest first."""

import re
from dataclasses import dataclass

_TITLE = r"(?:(?:Dr|Prof|Professor|Mr|Ms|Mrs|Mx|PD)\.?\s+)*"
_NAME = rf"{_TITLE}(?P<value>[A-ZÀ-Þ][\w'’-]+(?:\s+(?:[A-Z]\.|(?:van|von|de|der|la|di|el)\b|[A-ZÀ-Þ][\w'’-]+)){{1,3}})"
_HEAD = (
    r"(?:PI|P\.I\.|principal investigator|supervisor|group leader|lab(?:oratory)? head|head of (?:the )?(?:lab|"
    r"group)|advisor)"
)
_NUMBER = (
    r"\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty"
)
_CODE = r"[A-Z0-9][A-Z0-9./-]*\d[A-Z0-9./-]*"
_ORGANISM = (
    r"[A-Z][a-z]+ (?:[a-z]{3,}|sp\.(?: \(BSL-\d\))?)"
    r"(?: (?:subsp\.|var\.|str\.|strain) [\w-]+| [A-Z]{1,3}-?\d+\w*(?: mix)?)?"
)
_GENUS = (
    "Escherichia|Saccharomyces|Homo|Mus|Arabidopsis|Drosophila|Caenorhabditis|Zea|Mycobacterium|Bacillus|Pseudomonas|"
    "Danio|Staphylococcus|Streptococcus|Candida|Aspergillus|Plasmodium|Rattus|Gallus|Oryza|Triticum|Solanum|Klebsiella|"
    "Salmonella|Vibrio|Listeria|Acinetobacter|Exampella|Fungi"
)
_KINDS = (
    r"(?:(?:HMW|high[ -]molecular[ -]weight|genomic|total|poly\(A\)\+?|polyA|plasmid|fragmented|messenger|"
    r"double-stranded)\s+)*"
    r"(?:[gcm]?DNA|[gm]?RNA)(?:\s*/\s*gDNA)?|(?:PCR\s+)?amplicons?|plasmids?|PCR products?"
)
_FORMATS = r"(?:FASTQ|FAST5|POD5|u?BAM|CRAM|FASTA)"
#: Capital words that are no part of a name.
_BEFORE = r"(?!(?:The|Our|My|At|We|From|In|Dear|Lab|Laboratory|Group|Department)\b)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"


@dataclass(frozen=True)
class Rule:
    """Where a field's value stands: in the group `value` of the pattern."""

    field: str
    pattern: re.Pattern[str]


def _rule(field: str, *patterns: str, exact: bool = False) -> list[Rule]:
    return [Rule(field, re.compile(pattern, re.MULTILINE | (0 if exact else re.IGNORECASE))) for pattern in patterns]


RULES: tuple[Rule, ...] = (
    *_rule(
        "quote_id",
        r"\b(?P<value>[A-Z]{2,6}--[A-Z]{1,4}-\d{1,5})\b",
        rf"\b(?:[Qq]uote|[Qq]uotation|[Rr]equest|[Rr]eference|[Oo]rder|[Tt]icket|[Rr]ef)\b\.?(?:\s+(?:no|number|id|"
        rf"ID)\b\.?)?"
        rf"(?:\s+is|\s*[:#])?\s+(?P<value>{_CODE})",
        exact=True,
    ),
    *_rule(
        "submission_date",
        rf"(?P<value>\b\d{{4}}[-/]\d\d[-/]\d\d\b|\b\d{{1,2}}-{_MONTH}-\d{{4}}\b|"
        rf"\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}\b|\b{_MONTH}\.? \d{{1,2}}(?:st|nd|"
        rf"rd|th)?, \d{{4}}\b|"
        rf"\b\d{{1,2}}\.? {_MONTH}\.?,? \d{{4}}\b)",
    ),
    *_rule(
        "pi_name",
        rf"\b(?i:{_HEAD})(?i:\s+(?:of (?:our|the|this) \w+\s+)?(?:is|being)|\s*[:,(–-])?\s+{_NAME}",
        rf"{_NAME}\s*(?:\((?i:{_HEAD})\)|,?\s+(?:is |who is |as |acts as )?(?:(?:our|the|my) )?(?i:{_HEAD})\b)",
        rf"(?i:\b(?:under|work with|working with|work for|supervised by|supervision of|led by|headed by|directed by|"
        rf"behalf of))\s+{_NAME}",
        rf"(?i:\b(?:lab(?:oratory)?|group|team) (?:of|led by|headed by|run by))\s+{_NAME}",
        exact=True,
    ),
    *_rule(
        "submitter_name",
        rf"(?i:\bmy name is|\bI am|\bI'm|\bThis is|\bI,|submitted by|prepared by|requested by|"
        rf"contact(?: person)?(?: is|:)|"
        rf"questions? (?:to|for)|reach|please contact|contact)\s+{_NAME}",
        rf"(?i:(?:(?:best|kind|warm|with best|with kind)(?: \w+)? ?(?:regards|wishes)|regards|sincerely(?: yours)?|"
        rf"yours (?:sincerely|"
        rf"truly|faithfully)|thank you|many thanks|thanks|cheers)\s*[,.!]?)\s+{_NAME}",
        rf"(?i:^\s*from:?)\s+{_NAME}",
        rf"{_NAME}\s*[,(<]\s*(?:[Ee]-?mail:?\s*)?[\w.+-]+@",
        rf"{_NAME}\s+(?:\([^)]*\)\s+)?(?i:(?:submits|is submitting|requests|would like|wishes|sends|is sending|"
        rf"will be your contact|is the contact))",
        exact=True,
    ),
    *_rule(
        "lab_name",
        r"(?P<value>\b[A-ZÀ-Þ][\w'’-]+, [A-ZÀ-Þ][\w'’-]+ \([^)]{2,30}\) (?:Lab|Laboratory|Group))\b",
        r"(?P<value>\b[A-ZÀ-Þ][\w'’-]+ (?:Lab|Laboratory|Group)\b|\b[A-ZÀ-Þ][\w'’-]+ (?:lab|laboratory|group)\b)",
        exact=True,
    ),
    *_rule(
        "institution",
        rf"(?P<value>\b(?:{_BEFORE}[A-ZÀ-Þ][\w'’-]+ +){{0,3}}(?:Universit(?:y|é|à|ät)|Instituto?|Universidad|Institute|"
        r"College|Academy|Hospital|Polytechnic) +(?:of|de|da|di|del|für|for)"
        r"(?: +(?:of|and|de|la|St\.|[A-ZÀ-Þ][\w'’-]+))+)",
        rf"(?P<value>\b(?:{_BEFORE}[A-ZÀ-Þ][\w'’-]+ +){{1,3}}(?:University|Institute|College|Hospital|Polytechnic|"
        r"Academy|GmbH|Ltd|Inc|LLC|B\.V\.)(?!\w))",
        r"(?P<value>\b(?:Universität|Université|Universidad|Hochschule) +[A-ZÀ-Þ][\w'’-]+)",
        exact=True,
    ),
    *_rule(
        "project_name",
        r"\b(?:project|study|experiment)\b(?:\s+(?:is|was))?(?:\s+(?:called|named|titled|entitled|title|"
        r"name))?\s*(?:is)?[:,]?\s*[\"“'‘]"
        r"(?P<value>[^\"”’\n]{3,80})[\"”'’]",
        r"[\"“](?P<value>[^\"”\n]{4,80})[\"”]",
        r"\b(?:project|study)\b(?:\s+(?:is|was))?\s*(?:called|named|titled|entitled)\s+"
        r"(?P<value>\w[\w -]{3,60}?)(?=[.,;(\n]|\s+(?:and|which|is|we)\b)",
        r"\b(?:project|study)\b(?:\s+(?:is|was))?\s*(?:called|named|titled|entitled|"
        r":)\s+(?P<value>\w[\w -]{3,60}?)(?=[.,;(\n]|\s+(?:and|which|"
        r"from|for|in|is|we|led|to|at|under|by|with)\b)",
        r"\b(?:for|of|our|the)\s+(?:the\s+|our\s+)?(?P<value>[\w-]+(?:\s+[\w-]+){1,3})\s+(?:project|study)\b",
        r"\b(?:project|study)\s+(?P<value>(?-i:[A-Z])[\w-]+(?: [\w-]+){1,4})(?=[.,;\n])",
    ),
    *_rule(
        "account",
        rf"\b(?:account|chart ?field|PO|purchase order|cost cent(?:er|re)|grant|fund|budget|bill(?:ed|ing)?|"
        rf"charge[ds]?|invoiced?)\b[^.;\n]{{0,40}}?"
        rf"\b(?P<value>(?-i:{_CODE}))(?![\w@])",
    ),
    *_rule(
        "organism",
        rf"(?P<value>\b(?:{_GENUS})(?: (?:from leaf tissue|{_ORGANISM[len('[A-Z][a-z]+ ') :]}))?)",
        rf"(?:organism(?: is| was|:)?|species(?: is|:)?|isolated from|extracted from|prepared from|DNA from|"
        rf"RNA from|from)\s+(?P<value>{_ORGANISM})",
        exact=True,
    ),
    *_rule(
        "library_kit",
        r"(?P<value>(?:(?-i:[A-Z][\w-]*|cDNA[\w-]*)\s+){1,4}(?:Kit\s+)?\((?:SQK|EXP)-[A-Z]{2,4}\d{2,3}(?:[.-]\d{1,2})?\))",
        r"\b(?P<value>(?:SQK|EXP|VSK)-[A-Z]{2,4}\d{2,3}(?:[.-]\d{1,2})?)\b",
        r"\b(?P<value>(?:ligation|rapid|native|direct RNA|cDNA|ultra-long)(?:\s+\w+){0,2}\s+kit)\b",
    ),
    *_rule(
        "flow_cell_count",
        rf"\b(?P<value>{_NUMBER})\s+(?:x\s+|×\s+)?(?:(?:new|separate|\(?\d\)?)\s+)?(?:(?:[A-Z]\w+|FLO-[A-Z0-9]+|"
        rf"\(?R\d+[\d.]*\)?|of the|flow)\s+){{0,4}}"
        r"(?:flow ?cells?|flowcells?)",
        rf"flow ?cells?[^.\n]{{0,30}}?(?:×|x|:|count|number|quantity|needed|total(?: of)?)\s*(?P<value>{_NUMBER})\b",
    ),
    *_rule(
        "flow_cell_type",
        r"\b(?P<value>FLO-[A-Z]{3}\d{2,3}[A-Z]{0,2})\b",
        r"\b(?P<value>(?:MinION|PromethION|Flongle|GridION)(?:\s+\(?R\d+\.\d+(?:\.\d+)?\)?)?)",
    ),
    *_rule(
        "sample_count",
        rf"(?<![\d.,/-])\b(?P<value>{_NUMBER})\s+(?:(?!flow|reads|\d)[\w()/-]+\s+){{0,4}}?(?:samples?|tubes?|specimens?|extracts?|"
        rf"isolates?|libraries)\b",
        rf"\b(?:samples|tubes)\b[^.\n]{{0,20}}?(?:count|number|total|:)\s*(?:is|of)?\s*(?P<value>{_NUMBER})\b",
    ),
    *_rule(
        "genome_size",
        r"genome[^.\n]{0,40}?(?P<value>(?:~|about |approx\.? |ca\. )?\d[\d.,]*\s?(?:Gbp?|Mbp?|kbp?)\b)",
        r"(?P<value>\d[\d.,]*\s?(?:Gbp?|Mbp?)\b)(?=[^.\n]{0,20}genome)",
        r"(?P<value>\b\d[\d.,]*\s?(?:Gb|Mb)p?\b)",
    ),
    *_rule(
        "coverage",
        r"(?P<value>\b(?:\d{1,4}\s?[-–]\s?)?\d{1,4}\s?[x×](?:\s*(?:-|–|to)\s*\d{1,4}\s?[x×])?)"
        r"(?![\w]|\s+(?:flow|FLO|Prom|Min|Flong|R\d))",
    ),
    *_rule(
        "buffer",
        r"(?P<value>\d+ ?mM Tris(?:-HCl)?(?:,? ?pH ?\d(?:\.\d)?)?)",
        r"(?P<value>(?:nuclease|DNase|RNase)[ -]free (?:water|H2O))",
        r"(?:in|buffer(?: is| was|:)?|with)\s+(?:a |the )?(?P<value>(?-i:low TE|Low TE|TE|EB|Buffer EB|Tris))\b",
        r"(?:eluted|dissolved|resuspended|suspended|stored|diluted|are|"
        r"is) in\s+(?P<value>[\w.-]+(?: [\w.-]+)?)(?=[.,;\n])",
    ),
    *_rule("basecalling", r"(?P<value>\b(?-i:HAC|SUP|FAST)\b(?:\s*\([^)\n]{3,30}\))?)",
        r"(?P<value>\b(?:super[ -](?:high[ -])?accuracy|high[ -]accuracy|fast)\b)(?=[^.\n]{0,20}(?:basecall|model|"
        r"mode))"),
    *_rule("file_format", rf"(?P<value>\b{_FORMATS}(?:\s*(?:/|\+|,|and|&)\s*{_FORMATS})*)\b"),
    *_rule(
        "biosafety",
        r"biosafety[^.\n]{0,20}?\b(?P<value>BSL[ -]?[1-4])\b",
        r"\b(?P<value>BSL[ -]?[1-4])\b",
        r"(?:biosafety(?: level)?|risk group)(?: is| of|:)?\s+(?P<value>(?-i:S)?[1-4])\b",
    ),
    *_rule(
        "priority",
        r"\b(?P<value>normal|standard|rush|urgent|high|low|express|routine)\s+(?:priority|turn-?around|queue|service|"
        r"handling|processing)",
        r"\b(?:priority|urgency|turn-?around|queue)\b[^.\n]{0,25}?(?:is|as|:|=|to|of|should be|be)?\s*[\"“']?"
        r"(?P<value>normal|standard|rush|urgent|high|low|express|routine)\b",
        r"\btreat(?:ed)?\b[^.\n]{0,30}\bas\s+[\"“']?(?P<value>normal|standard|rush|urgent|high|low)\b",
    ),
    *_rule(
        "sample_type",
        rf"(?:sample type|type of sample|material|samples are|sample is|tubes contain|nucleic acid|submitting|"
        rf"sending|samples of|consist of)"
        rf"(?:\s+(?:is|are|of))?[: ]\s*(?P<value>{_KINDS})\b",
        r"\b(?P<value>(?:genomic|total|plasmid|HMW|high molecular weight|poly\(A\))\s+(?:DNA|RNA)(?:\s*/\s*gDNA)?|"
        r"cDNA|gDNA|(?:PCR )?amplicons?)\b",
        rf"\b(?P<value>{_KINDS})\s+samples?\b",
        r"\b(?P<value>plasmids?)\b",
    ),
    *_rule(
        "comments",
        r"(?:comments?|notes?|remarks?|P\.?S\.?)\s*[:.]\s*(?P<value>[^\n]{5,200}?[.!])(?=\s|$)",
        r"(?P<value>\b(?-i:"
        r"Please(?! use| run| process| charge| bill| treat| find| send| prepare| make| deliver| contact| basecall|"
        r" sequence| choose)|"
        r"Kindly|Keep|Return|Do not|Handle|Store)\b[^.\n]{5,120}\.)(?=\s|$)",
    ),
)  # fmt: skip

_PI = re.compile(rf"\b(?:{_HEAD}|work(?:ing)? with|whose)\b", re.IGNORECASE)
_BILLING = re.compile(r"\b(?:billing|invoice|financ\w+|account(?:ing|s)?)\b[^.]{0,40}$", re.IGNORECASE)
_ME = re.compile(r"\b(?:my|me|I|submitter|contact|reach|call)\b", re.IGNORECASE)


def owner_of(before: str, address: str) -> str:
    """Return whose an address is by the words in front of it: the nearest person that is named."""
    if _BILLING.search(before):
        return "billing"
    last = [match.end() for match in _PI.finditer(before)]
    mine = [match.end() for match in _ME.finditer(before)]
    names = re.findall(r"[A-ZÀ-Þ][\w'’-]+", before)
    if last and (not mine or last[-1] > mine[-1]):
        return "pi"
    local = address.split("@", maxsplit=1)[0].casefold()
    # The head of a lab is often known by the surname alone.
    if last and names and local == names[-1].casefold():
        return "pi"
    return "submitter"
