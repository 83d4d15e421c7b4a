"""Understands a label by the ideas that its words name, where no list has it: `E-mail of the supervising professor`.

Every word must be understood; one that is not makes the label unknown. So text that was filled in is no label.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Idea → the words and word groups that name it; longer groups are looked for first.
_IDEAS: dict[str, tuple[str, ...]] = {
    "pi": (
        "principal investigator", "pi", "supervisor", "supervising", "group leader", "lab head", "head", "leader",
        "lead", "advisor", "adviser", "sponsor", "professor", "prof", "investigator", "director", "chief",
        "team leader", "principal", "responsible scientist", "faculty member", "faculty advisor", "faculty sponsor",
    ),
    "submitter": (
        "submitter", "submitted by", "requester", "requestor", "requested by", "contact", "contact person", "customer",
        "client", "user", "applicant", "sender", "sent by", "ordered by", "researcher", "scientist", "person", "who",
        "correspondent", "your", "my", "primary", "main", "technical", "submitting", "requesting", "responsible",
    ),
    "billing": (
        "billing", "bill", "invoice", "invoicing", "financial", "finance", "payment", "paying", "payer", "cost center",
        "cost centre", "cost", "account", "accounting", "fund", "funding", "grant", "purchase order", "po", "charge",
        "chart field", "chartfield", "chart string", "speedtype", "wbs", "budget", "ledger", "paid", "pay", "charged",
    ),
    "email": ("email", "e mail", "mail", "email address", "mail address"),
    "phone": ("phone", "telephone", "tel", "mobile", "cell phone", "phone number", "call"),
    "address": ("address", "street", "city", "zip", "postal", "country", "room", "building"),
    "name": ("name", "first", "last", "full", "surname"),
    "lab": ("lab", "laboratory", "group", "team", "research group"),
    "institution": (
        "institution", "institute", "university", "department", "dept", "organization", "organisation", "affiliation",
        "company", "college", "school", "hospital", "campus", "division", "center", "centre", "institutional",
        "academic",
        "employer", "home", "host", "faculty",
    ),
    "project": ("project", "study", "experiment", "title", "research", "topic"),
    "organism": ("organism", "species", "taxon", "strain", "taxonomy", "scientific name", "latin name", "biological"),
    "source": ("source", "origin"),
    "genome": ("genome", "reference genome", "haploid genome", "assembly"),
    "size": ("size", "length"),
    "coverage": ("coverage", "depth", "fold"),
    "kit": (
        "kit", "library prep", "library preparation", "library type", "chemistry", "library kit", "protocol", "library",
        "prep", "preparation", "construction", "workflow",
    ),
    "flow_cell": ("flow cell", "flowcell", "flow cells", "flowcells"),
    "device": ("device", "platform", "sequencer", "instrument"),
    "count": ("number", "count", "how many", "quantity", "qty", "total", "amount"),
    "basecalling": ("basecalling", "base calling", "basecaller", "base caller", "basecall", "basecalled", "basecalls"),
    "model": ("model", "accuracy", "mode", "quality"),
    "format": ("format", "file type", "files", "file", "output", "deliverable", "deliverables", "formats"),
    "data": ("data", "result", "results", "raw", "read", "reads"),
    "delivery": ("delivery", "transfer", "retrieval", "retrieve", "download", "deliver", "delivered", "returned"),
    "priority": ("priority", "urgency", "turnaround", "turn around", "service level"),
    "speed": ("speed", "time", "level", "class", "processing", "handling", "queue"),
    "date": ("date", "dated", "day"),
    "other_date": ("expires", "expiry", "valid", "deadline", "needed by", "due", "collection", "extraction", "birth",
        "received", "start", "end", "completion", "collected", "extracted", "delivery date", "revision", "revised",
        "version", "printed", "needed", "until"),
    "biosafety": ("biosafety", "bio safety", "bsl", "risk", "hazard", "biohazard", "containment", "safety", "biorisk"),
    "comments": (
        "comments", "comment", "remarks", "remark", "notes", "note", "instructions", "requests", "special",
        "additional", "further", "anything else", "other", "requirements", "needs",
    ),
    "details": ("information", "details", "info", "data of"),
    "quote": ("quote", "quotation", "order", "request", "ticket", "reference", "job", "submission", "case", "ilab",
        "form", "tracking", "ref"),
    "id": ("id", "identifier", "code", "no", "nr", "key"),
    "sample": ("sample", "samples", "tube", "tubes", "specimen", "specimens", "libraries"),
    "acid": ("nucleic acid", "dna", "rna", "molecule", "template", "input", "starting", "analyte"),
    "material": ("material",),
    "kind": ("type", "kind", "nature", "category"),
    "buffer": ("buffer", "eluted in", "eluted", "dissolved", "dissolved in", "diluent", "solvent", "resuspended in",
        "elution", "resuspension", "suspended in", "storage", "suspension", "eluent", "diluted in", "solution"),
    "human": ("human",),
    "service": ("service", "services"),
}  # fmt: skip
#: Words that say nothing about which field it is.
_FILLERS = _words(
    "a an and are as at be by do each for from has have i if in is it its of on or our please s that the their these "
    "this those to used use using want we what where which will with would you approx approximate approximately "
    "estimated expected desired required requested target needed necessary preferred choose select chosen selected "
    "enter give provide specify state indicate enclosed provided submitted sent included contained overall sequencing "
    "nanopore ont oxford technologies applicable known e g any per new current own against here wanted sending send "
    "fill"
)
_GROUPS = {tuple(words.split()): idea for idea, many in _IDEAS.items() for words in many}
#: All words that are understood.
WORDS = _FILLERS | {word for words in _GROUPS for word in words}
_LONGEST = max(len(words) for words in _GROUPS)
_MOST_WORDS = 9

#: The first rule whose ideas are all there and of which nothing excluded is there decides.
_RULES: tuple[tuple[frozenset[str], frozenset[str], str], ...] = tuple(
    (frozenset(needed.split()), frozenset(excluded.split()), field)
    for needed, excluded, field in (
        ("human", "genome", "contains_human_dna"),
        ("coverage", "", "coverage"),
        ("genome size", "", "genome_size"),
        ("flow_cell count", "", "flow_cell_count"),
        ("flow_cell", "billing", "flow_cell_type"),
        ("basecalling", "", "basecalling"),
        ("biosafety", "", "biosafety"),
        ("format", "billing", "file_format"),
        ("data delivery email", "", "delivery_emails"),
        ("data delivery", "date", "delivery"),
        ("priority", "", "priority"),
        ("speed service", "", "priority"),
        ("pi email", "", "pi_email"),
        ("pi phone", "", "pi_phone"),
        ("billing email", "", "billing_email"),
        ("billing address", "email", "billing_address"),
        ("billing phone", "", ""),
        ("email", "", "submitter_email"),
        ("phone", "", "submitter_phone"),
        ("address", "", ""),
        ("billing submitter", "", "billing_contact"),
        ("billing name", "", "billing_contact"),
        ("billing", "", "account"),
        ("kit", "sample", "library_kit"),
        ("sample count", "", "sample_count"),
        ("other_date", "", ""),
        ("date", "sample", "submission_date"),
        ("organism", "", "organism"),
        ("buffer", "", "buffer"),
        ("sample source", "", "organism"),
        ("acid kind", "", "sample_type"),
        ("sample kind", "", "sample_type"),
        ("sample material", "", "sample_type"),
        ("material kind", "", "sample_type"),
        ("acid material", "", "sample_type"),
        ("pi lab", "name", "pi_name"),
        ("pi", "comments details", "pi_name"),
        ("project id", "", "quote_id"),
        ("quote id", "", "quote_id"),
        ("quote count", "", "quote_id"),
        ("project", "comments details", "project_name"),
        ("lab", "comments details sample", "lab_name"),
        ("institution", "comments details", "institution"),
        ("submitter name", "", "submitter_name"),
        ("comments", "sample submitter pi lab project institution device data service kit", "comments"),
        ("device", "", "flow_cell_type"),
        ("submitter", "comments details data quote", "submitter_name"),
    )
)


def field_of(key: str) -> str | None:
    """Return the field that a label in the spelling of `key_of` names by its ideas, None where a word is not known."""
    ideas = ideas_of(key)
    if not ideas:
        return None
    if ideas == {"pi", "lab"} and " of " not in key and key.rsplit(maxsplit=1)[-1] in _IDEAS["lab"]:
        # `PI laboratory` is not the head of it.
        return "lab_name"
    for needed, excluded, field in _RULES:
        if needed <= ideas and not excluded & ideas:
            return field or None
    return None


def ideas_of(key: str) -> frozenset[str]:
    """Return the ideas that the words of a label name; none where there are too many words or one is not known."""
    words = key.split()
    found: set[str] = set()
    at = 0
    if len(words) > _MOST_WORDS:
        return frozenset()
    while at < len(words):
        for count in range(min(_LONGEST, len(words) - at), 0, -1):
            idea = _GROUPS.get(tuple(words[at : at + count]))
            if idea is not None:
                found.add(idea)
                at += count
                break
        else:
            if words[at] not in _FILLERS:
                return frozenset()
            at += 1
    return frozenset(found)
