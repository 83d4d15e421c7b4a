"""What a submission form may say beside its table of samples, and which field of a submission each of it becomes."""

import msgspec


class FormField(msgspec.Struct, frozen=True):
    """One thing that a form asks for.

    name: its name in readings; title: what people read; header: the field of the submission's header that it becomes,
    None where it is only kept under its title.
    """

    name: str
    title: str
    header: str | None = None


#: In the order in which a review shows them.
FORM_FIELDS: tuple[FormField, ...] = (
    FormField("quote_id", "Quote or request number", "external_id"),
    FormField("submission_date", "Date of the form"),
    FormField("expires_on", "Expires on"),
    FormField("submitter_name", "Requester", "requester_name"),
    FormField("submitter_email", "Requester's e-mail", "requester_email"),
    FormField("submitter_phone", "Requester's phone"),
    FormField("pi_name", "Principal investigator"),
    FormField("pi_phone", "Principal investigator's phone"),
    FormField("pi_email", "Principal investigator's e-mail"),
    FormField("lab_name", "Lab"),
    FormField("institution", "Institution"),
    FormField("project_name", "Project"),
    FormField("account", "Account to be billed"),
    FormField("billing_address", "Billing address"),
    FormField("billing_contact", "Financial contact"),
    FormField("billing_email", "Financial contact's e-mail"),
    FormField("projected_cost", "Projected cost"),
    FormField("known_charges", "Known charges"),
    FormField("service_requested", "Service", "service_type"),
    FormField("priority", "Priority", "priority"),
    FormField("sample_type", "Sample type", "material"),
    FormField("contains_human_dna", "Contains human DNA", "contains_human_dna"),
    FormField("biosafety", "Biosafety level"),
    FormField("organism", "Source organism", "organism"),
    FormField("buffer", "Sample buffer", "buffer"),
    FormField("genome_size", "Genome size", "genome_size"),
    FormField("coverage", "Coverage", "target"),
    FormField("library_kit", "Library kit", "kit_requested"),
    FormField("flow_cell_type", "Flow cell", "flow_cell_requested"),
    FormField("flow_cell_count", "Number of flow cells"),
    FormField("basecalling", "Basecalling"),
    FormField("file_format", "File format"),
    FormField("delivery", "Data delivery"),
    FormField("delivery_emails", "Delivery notification"),
    FormField("sample_count", "Number of samples"),
    FormField("comments", "Comments", "comment"),
)

BY_NAME: dict[str, FormField] = {field.name: field for field in FORM_FIELDS}
