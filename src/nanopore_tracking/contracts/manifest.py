"""What a sample manifest may say: its columns and its header fields, with units and limits; the one table of them."""

from typing import Literal, get_args

import msgspec

#: The kinds of sample that MinKNOW's sample sheet knows.
Kind = Literal["test_sample", "positive_control", "negative_control", "no_template_control"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: What the tube holds, in the words of the submission form.
Material = Literal[
    "gDNA", "HMW gDNA", "fragmented DNA", "amplicon", "cDNA", "plasmid", "total RNA", "poly(A) RNA", "other"
]
MATERIALS: tuple[Material, ...] = get_args(Material)


class ManifestField(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a manifest.

    name: its name everywhere in the product, with the unit at its end; title: what people read; minimum and maximum:
    what a number may be, both included; choices: the only values, empty where the text is free; example: a value as
    a submitter would write it; max_length: characters of a text.
    """

    name: str
    title: str
    description: str
    type: Literal["text", "number", "choice"] = "text"
    unit: str | None = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 200
    choices: tuple[str, ...] = ()
    example: str | float = ""


class HeaderField(msgspec.Struct, frozen=True):
    """One thing that a manifest may say about the whole submission, above its table."""

    name: str
    title: str
    description: str


#: The columns in the order of the template; the heading of a column in the template is the field's name.
FIELDS: tuple[ManifestField, ...] = (
    ManifestField(
        name="sample_name",
        title="Sample name",
        required=True,
        description="Your name of the sample: at most 40 letters, digits, - and _; different for every sample.",
        example="EXAMPLE_01",
    ),
    ManifestField(
        name="kind",
        title="Kind",
        type="choice",
        choices=KINDS,
        description="A sample to be tested, or which kind of control; blank means test_sample.",
        example="test_sample",
    ),
    ManifestField(
        name="material",
        title="Material",
        type="choice",
        choices=MATERIALS,
        description="What the tube holds.",
        example="HMW gDNA",
    ),
    ManifestField(
        name="organism",
        title="Organism",
        description="The organism that the material comes from, by its scientific name.",
        example="Escherichia coli",
    ),
    ManifestField(
        name="volume_ul",
        title="Volume",
        type="number",
        unit="µL",
        minimum=0,
        maximum=100_000,
        description="The volume in the tube.",
        example=50,
    ),
    ManifestField(
        name="qubit_ng_per_ul",
        title="Qubit concentration",
        type="number",
        unit="ng/µL",
        minimum=0,
        maximum=100_000,
        description="The concentration by fluorometry (Qubit or the like); this is the one that counts.",
        example=48.5,
    ),
    ManifestField(
        name="nanodrop_ng_per_ul",
        title="NanoDrop concentration",
        type="number",
        unit="ng/µL",
        minimum=0,
        maximum=100_000,
        description="The concentration by absorbance (NanoDrop or the like); it is used for purity only.",
        example=52.1,
    ),
    ManifestField(
        name="a260_a280",
        title="A260/280",
        type="number",
        minimum=0,
        maximum=10,
        description="The purity ratio A260/A280; about 1.8 for DNA, 2.0 for RNA.",
        example=1.85,
    ),
    ManifestField(
        name="a260_a230",
        title="A260/230",
        type="number",
        minimum=0,
        maximum=10,
        description="The purity ratio A260/A230; 2.0 to 2.2 is good.",
        example=2.1,
    ),
    ManifestField(
        name="fragment_bp",
        title="Fragment length",
        type="number",
        unit="bp",
        minimum=1,
        maximum=10_000_000,
        description="The expected mean fragment length in base pairs, or the length of the amplicon.",
        example=25_000,
    ),
    ManifestField(
        name="buffer",
        title="Buffer",
        description="What the material is dissolved in, such as EB or nuclease-free water.",
        example="EB",
    ),
    ManifestField(
        name="comment",
        title="Comment",
        max_length=1000,
        description="Anything that the laboratory must know about this sample.",
        example="This row is an example: delete it.",
    ),
)

BY_NAME: dict[str, ManifestField] = {field.name: field for field in FIELDS}
NUMBERS: tuple[str, ...] = tuple(field.name for field in FIELDS if field.type == "number")

#: What a header may say; any other label of a header is kept under its own name and only shown.
HEADER_FIELDS: tuple[HeaderField, ...] = (
    HeaderField("external_id", "Quote or request number", "The number of the quote or request, such as HTSF--QX-901."),
    HeaderField("requester_name", "Requester", "Who asks for the work."),
    HeaderField("requester_email", "Requester's e-mail", "Where questions and results go."),
    HeaderField("service_type", "Service", "The service that is asked for."),
    HeaderField("kit_requested", "Library kit", "The library kit that is asked for, such as SQK-NBD114-24."),
    HeaderField("flow_cell_requested", "Flow cell", "The kind or product code of the flow cell that is asked for."),
    HeaderField("priority", "Priority", "low, normal, high or urgent."),
    HeaderField("contains_human_dna", "Contains human DNA", "yes or no."),
    HeaderField("material", "Sample type", "What the tubes hold, where all hold the same."),
    HeaderField("organism", "Source organism", "The organism, where all samples come from the same."),
    HeaderField("buffer", "Sample buffer", "The buffer, where it is the same for all."),
    HeaderField("genome_size", "Genome size", "The genome size as it was written."),
    HeaderField("target", "Target", "Coverage, bases or reads that are wanted, as it was written."),
    HeaderField("comment", "Comment", "Special needs of the whole submission."),
)
