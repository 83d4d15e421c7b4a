"""The fields that a form may have besides its samples: their names, what they hold, and what people call them."""

from typing import Literal

import msgspec

from nanopore_tracking.contracts import form as forms

Kind = Literal[
    "text", "code", "person", "email", "phone", "count", "date", "size", "choice", "yes_no", "money", "long_text"
]


class FormField(msgspec.Struct, frozen=True):
    """One field: its name everywhere in the product, the kind of its value, and what people call it on their forms."""

    name: str
    kind: Kind = "text"
    labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return what it is called in the product."""
        return forms.BY_NAME[self.name].title


#: Labels are spelled as `labels.key_of` spells them; those of manifests' headers are known besides.
FIELDS: tuple[FormField, ...] = (
    FormField("quote_id", "code", (
        "quote", "quote id", "quote no", "quote number", "request id", "request number", "identifier", "order number",
        "order id", "reference", "reference number", "ref", "job number", "job id", "ticket", "ticket number", "id",
        "case number", "form id", "submission id", "submission number", "service id", "ilab id", "ilab number",
        "tracking number", "project id", "quotation number", "quotation", "our reference", "your reference",
        "request reference", "quote reference", "order reference", "file number", "internal reference", "form number",
    )),
    FormField("submitter_name", "person", (
        "submitter", "submitter name", "requester", "requestor", "requester name", "contact", "contact name", "name",
        "contact person", "submitted by", "requested by", "sender", "customer", "customer name", "client", "user",
        "client name", "user name", "your name", "applicant", "ordered by", "prepared by", "filled in by", "full name",
        "completed by", "person submitting", "researcher", "scientist", "sample submitter", "primary contact", "owner",
        "main contact", "technical contact", "contact details", "first and last name", "name of submitter", "from",
        "investigator",
    )),
    FormField("submitter_email", "email", (
        "email", "email address", "submitter email", "contact email", "requester email", "requestor email", "mail",
        "your email", "user email", "customer email", "electronic mail", "email contact", "email of submitter",
        "correspondence email", "mail address",
    )),
    FormField("submitter_phone", "phone", (
        "phone", "telephone", "tel", "phone number", "telephone number", "mobile", "mobile number", "mobile phone",
        "cell phone", "contact phone", "contact number", "daytime phone", "office phone", "work phone",
        "phone extension",
        "submitter phone", "call back number", "extension", "lab phone", "tel number",
    )),
    FormField("pi_name", "person", (
        "pi", "pis", "principal investigator", "pi name", "name of pi", "supervisor", "group leader", "lab head",
        "head of lab", "head of group", "head of laboratory", "team leader", "faculty advisor", "faculty sponsor",
        "advisor", "sponsor", "lab pi", "lab director", "laboratory head", "responsible investigator", "group head",
        "lead investigator", "research leader", "principal scientist", "project leader", "chief investigator",
        "responsible person", "lab leader", "professor", "faculty member",
    )),
    FormField("pi_email", "email", (
        "pi email", "pi email address", "principal investigator email", "email of pi", "supervisor email",
        "group leader email", "lab head email", "email pi",
    )),
    FormField("pi_phone", "phone", ("pi phone", "pi telephone", "phone of pi")),
    FormField("lab_name", "text", (
        "lab", "laboratory", "lab name", "laboratory name", "name of lab", "research group", "group", "group name",
        "lab group", "research lab", "team", "research team", "lab or group", "working group", "unit", "pi lab",
    )),
    FormField("institution", "text", (
        "institution", "institute", "university", "department", "dept", "organization", "organisation", "affiliation",
        "company", "company name", "institution name", "faculty", "college", "school", "home institution", "employer",
        "name of institution", "university department", "institution department", "department institution", "division",
        "institution company", "company institution", "organization name", "university institute", "campus", "center",
        "university or company", "academic institution", "hospital", "centre", "host institution",
    )),
    FormField("project_name", "text", (
        "project", "project name", "project title", "title of project", "name of project", "study", "study name",
        "study title", "experiment", "experiment name", "experiment title", "title", "research project", "topic",
        "project description", "short title", "working title", "name of study",
    )),
    FormField("account", "code", (
        "account", "account number", "billing account", "chart field", "chartfield", "chart string", "cost center",
        "cost centre", "cost object", "cost code", "billing code", "billing number", "billing reference", "po number",
        "purchase order", "purchase order number", "po", "grant", "grant number", "fund", "fund number", "fund code",
        "funding source", "charge account", "charge code", "charge to", "payment account", "payment reference", "fop",
        "speedtype", "speed type", "account to charge", "account code", "budget number", "budget code", "bill to",
        "invoice account", "invoice reference", "wbs element", "wbs", "internal order", "billing information",
        "account string", "financial account", "fund source", "payment method", "account or po", "account po number",
        "invoice to", "ledger", "index code", "project account",
    )),
    FormField("organism", "text", (
        "organism", "source organism", "species", "organism name", "scientific name", "taxon", "taxonomy", "source",
        "organism species", "species name", "sample organism", "origin", "biological source", "organism of origin",
        "genus species", "species origin", "strain", "host organism", "sample origin", "sample source",
        "origin species",
        "organism strain", "species strain", "latin name", "source species", "biological origin",
    )),
    FormField("sample_type", "choice", (
        "sample type", "type of sample", "nucleic acid type", "nucleic acid", "type of nucleic acid", "material",
        "sample material", "molecule type", "molecule", "input material", "starting material", "dna type", "rna type",
        "type of material", "material type", "template type", "template", "specimen type", "sample kind", "input type",
        "analyte", "kind of sample", "sample nature", "nature of sample", "dna or rna", "dna rna", "type of dna",
        "type of input", "matrix", "material submitted", "submitted material", "i will be submitting", "library input",
        "input nucleic acid", "sample format", "nucleic acid material", "type of template",
    )),
    FormField("buffer", "choice", (
        "buffer", "sample buffer", "elution buffer", "eluted in", "storage buffer", "resuspension buffer", "solvent",
        "dissolved in", "diluent", "resuspended in", "suspension buffer", "buffer used", "samples are in", "eluent",
        "elution solution", "storage solution", "buffer composition", "buffer type", "dilution buffer", "medium",
        "sample solvent", "suspended in", "elution medium", "buffer solution", "solution", "carrier buffer",
    )),
    FormField("genome_size", "size", (
        "genome size", "approx genome size", "estimated genome size", "genome length", "size of genome",
        "reference size",
        "expected genome size", "haploid genome size", "genome", "target size", "reference genome size",
        "assembly size",
        "genome size estimate",
    )),
    FormField("coverage", "text", (
        "coverage", "desired coverage", "target coverage", "coverage needed", "approx coverage needed", "depth",
        "sequencing depth", "read depth", "required coverage", "coverage requested", "target depth", "desired depth",
        "expected coverage", "coverage depth", "fold coverage", "requested coverage", "depth of coverage", "x coverage",
        "requested depth", "genome coverage", "required depth", "depth required", "minimum coverage", "coverage goal",
    )),
    FormField("library_kit", "choice", (
        "library kit", "kit", "library prep kit", "library preparation kit", "sequencing kit", "prep kit", "ont kit",
        "library preparation", "library prep", "library type", "library protocol", "kit requested", "requested kit",
        "chemistry", "library method", "prep method", "nanopore kit", "kit type", "preparation kit",
        "library chemistry",
        "kit code", "kit name", "ligation kit", "library construction", "protocol", "library workflow",
        "prep chemistry",
        "library construction kit", "prep",
    )),
    FormField("flow_cell_type", "choice", (
        "flow cell", "flowcell", "flow cell type", "type of flow cell", "flow cell selection", "flow cell requested",
        "flow cell model", "flow cell version", "flow cell product", "flow cell product code", "flow cell code",
        "sequencing device", "device", "platform", "sequencer", "instrument", "sequencing platform", "cell type",
        "flow cell chemistry", "flow cell kind", "flow cell product number",
    )),
    FormField("flow_cell_count", "count", (
        "number of flow cells", "flow cells requested", "flow cells", "flow cell count",
        "estimated number of flow cells",
        "flow cell quantity", "quantity of flow cells", "how many flow cells", "flow cell number", "flow cells needed",
        "flow cells required", "count of flow cells", "total flow cells", "flow cells to run", "flow cells to be used",
        "flow cell qty", "qty flow cells", "cells requested",
    )),
    FormField("basecalling", "choice", (
        "basecalling", "basecalling model", "base calling", "basecaller", "basecall model", "basecaller model",
        "basecalling mode", "basecall accuracy", "basecalling accuracy", "basecalling option", "base calling model",
        "i would like my data to be basecalled using", "base caller", "basecaller setting", "model", "accuracy model",
        "basecalling quality", "basecalling method", "accuracy mode", "base calling mode", "basecalling setting",
    )),
    FormField("file_format", "choice", (
        "file format", "output format", "data format", "format", "output", "file type", "output files", "data output",
        "deliverable", "deliverables", "output file format", "delivery format", "format of data", "data files",
        "output type", "raw data format", "file output", "output file", "result format", "data type", "data delivery",
        "results format", "files wanted", "data delivery format", "data file format", "files requested",
        "return format",
    )),
    FormField("priority", "choice", (
        "priority", "urgency", "turnaround", "turnaround time", "service level", "processing priority", "queue",
        "priority level", "processing speed", "handling", "speed", "processing", "queue priority",
        "level of urgency", "service speed", "time frame", "turn around", "processing class", "order priority",
    )),
    FormField("submission_date", "date", (
        "date", "submission date", "date submitted", "date of submission", "as of", "request date", "date of request",
        "order date", "form date", "submitted on", "today date", "date requested", "date of order", "submitted",
        "filled in on", "date filled in", "dated", "issue date", "date sent", "shipping date", "date of form", "day",
        "completed on", "date completed", "signed on", "sent on", "ship date", "date of shipment", "drop off date",
    )),
    FormField("expires_on", "date", ("expires on", "expires", "valid until", "expiry date")),
    FormField("sample_count", "count", (
        "number of samples", "total samples", "sample count", "samples", "samples submitted", "how many samples",
        "total number of samples", "samples in total", "sample number", "sample quantity", "quantity of samples",
        "number of tubes", "tubes", "total tubes", "samples total", "count of samples", "sample total", "samples sent",
        "number of libraries", "number of specimens", "sample qty", "samples enclosed", "tubes submitted",
        "number of samples submitted", "tubes sent", "tube count", "size of batch", "batch size",
    )),
    FormField("biosafety", "choice", (
        "biosafety", "biosafety level", "bsl", "bio safety level", "biosafety class", "biological safety level",
        "risk group", "safety level", "biohazard level", "containment level", "biosafety rating", "hazard level",
        "biological risk", "biosafety group", "biohazard", "hazard class", "biological agent class", "risk class",
        "containment", "bio risk", "bio risk level", "safety class", "biorisk", "biohazard class",
    )),
    FormField("contains_human_dna", "yes_no", (
        "human dna", "contains human dna", "do these samples contain human dna", "human samples", "human material",
    )),
    FormField("service_requested", "text", (
        "service", "service requested", "service type", "type of service", "requested service",
    )),
    FormField("delivery", "choice", (
        "how would you like to retrieve your data from htsf", "how would you like to retrieve your data",
        "data transfer", "delivery method", "data delivery method", "data retrieval", "transfer method",
    )),
    FormField("delivery_emails", "text", (
        "data delivery notification email addresses", "notification email addresses", "notification email",
        "notify", "send data to",
    )),
    FormField("billing_address", "long_text", ("billing address", "invoice address")),
    FormField("billing_contact", "text", (
        "financial contact", "financial contacts", "billing contact", "billing contact name", "finance contact",
        "invoice contact", "accounting contact", "billing name", "business manager", "financial administrator",
    )),
    FormField("billing_email", "email", (
        "billing email", "financial contact email", "billing contact email", "invoice email", "finance email",
    )),
    FormField("projected_cost", "money", ("projected cost", "estimated cost", "total cost")),
    FormField("known_charges", "money", ("known charges",)),
    FormField("comments", "long_text", (
        "comment", "comments", "additional comments", "special instructions", "notes", "remarks", "special needs",
        "additional comments special needs", "additional information", "other information", "further information",
        "remark", "note", "additional notes", "special requests", "anything else", "instructions", "further remarks",
        "special handling", "handling instructions", "message", "requests", "free text", "further comments",
        "other comments", "additional remarks", "anything else we should know", "notes to facility", "special request",
        "comments for facility", "other remarks", "other notes", "special requirements", "observations",
    )),
)  # fmt: skip

BY_NAME: dict[str, FormField] = {field.name: field for field in FIELDS}

#: Fields of manifests' headers and what the same is called on a form.
OF_HEADERS: dict[str, str] = {each.header: each.name for each in forms.FORM_FIELDS if each.header}

#: What each of them is about, in a sentence: for whoever compares texts by what they mean.
DESCRIPTIONS: dict[str, str] = {
    "quote_id": "The number or code of the request, order, quote or ticket",
    "submission_date": "The day on which the form was filled in or sent",
    "expires_on": "The day until which the quote is valid",
    "submitter_name": "The person who sends the samples and whom to contact",
    "submitter_email": "The e-mail address of the person who sends the samples",
    "submitter_phone": "The telephone number of the person who sends the samples",
    "pi_name": "The head of the research group, principal investigator or supervisor",
    "pi_phone": "The telephone number of the head of the research group",
    "pi_email": "The e-mail address of the head of the research group",
    "lab_name": "The name of the laboratory, group or team",
    "institution": "The university, institute, department, company or organisation",
    "project_name": "The title of the research project or study",
    "account": "The account, cost centre, grant or purchase order that pays for it",
    "billing_address": "The address to which the invoice is sent",
    "billing_contact": "The person who handles invoices and payments",
    "billing_email": "The e-mail address of the person who handles invoices",
    "projected_cost": "What the work is expected to cost",
    "known_charges": "The charges that are known already",
    "service_requested": "The service that the facility is asked for",
    "priority": "How urgent it is and how fast it should be processed",
    "sample_type": "The kind of nucleic acid or material in the tubes, such as DNA or RNA",
    "contains_human_dna": "Whether the samples contain human DNA",
    "biosafety": "The biosafety level or risk group of the organism",
    "organism": "The species or organism that the samples come from",
    "buffer": "The liquid in which the samples are dissolved or eluted",
    "genome_size": "How large the genome is, in bases",
    "coverage": "How deep to sequence: the coverage or depth wanted",
    "library_kit": "The kit or chemistry for preparing the sequencing library",
    "flow_cell_type": "The type of flow cell or sequencing device",
    "flow_cell_count": "How many flow cells to use",
    "basecalling": "The accuracy or model with which signals are translated into bases",
    "file_format": "The format of the files in which data is delivered",
    "delivery": "How the data is transferred to the customer",
    "delivery_emails": "The e-mail addresses that are told when the data is ready",
    "sample_count": "How many samples or tubes were sent",
    "comments": "Free remarks, special wishes or instructions to the laboratory",
}
