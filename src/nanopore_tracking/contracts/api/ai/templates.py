"""Templates: forms that are known, as data: what they call each field, their choices, and how they are recognised."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

Name = Annotated[
    str, Meta(min_length=1, max_length=60, pattern="^[a-z0-9][a-z0-9-]*$", description="Lower case, with hyphens.")
]
Text = Annotated[str, Meta(min_length=1, max_length=300)]
Field = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9_]+$")]
Words = Annotated[list[Text], Meta(max_length=50)]


class TemplateOption(Asked, frozen=True, kw_only=True):
    """One option of a group: label as it is printed, value as it is read."""

    label: Text
    value: Text


class TemplateGroup(Asked, frozen=True, kw_only=True):
    """Options of which one or any number is marked; label: printed above or before them."""

    field: Field
    label: Text
    kind: Literal["one", "many"]
    required: bool = False
    options: Annotated[list[TemplateOption], Meta(min_length=1, max_length=60)]


class TemplateContent(Asked, frozen=True, kw_only=True):
    """What a template says.

    fingerprint: texts that are all on this form and on no other; labels: of each field, how the form calls it;
    columns: of each field of a sample, its headings; ignored: labels that are known and mean nothing.
    """

    title: Annotated[str, Meta(max_length=200)] = ""
    fingerprint: Annotated[list[Text], Meta(min_length=1, max_length=20)]
    labels: Annotated[dict[Field, Words], Meta(max_length=100)] = {}
    columns: Annotated[dict[Field, Words], Meta(max_length=40)] = {}
    groups: Annotated[list[TemplateGroup], Meta(max_length=60)] = []
    ignored: Annotated[list[Text], Meta(max_length=200)] = []


class NewTemplate(Asked, frozen=True, kw_only=True):
    """Let a form be known from now on."""

    name: Name
    content: TemplateContent


class ChangedTemplate(Asked, frozen=True, kw_only=True):
    """Change what is known of a form; active: whether it is looked for."""

    content: TemplateContent
    active: bool = True


class Template(Answer, frozen=True, kw_only=True):
    """A form that is known. shipped: as it came with the product."""

    id: UUID
    name: str
    content: TemplateContent
    active: bool
    shipped: bool
    changed_by: str
    changed_at: datetime
    version: int


class Trial(Asked, frozen=True, kw_only=True):
    """Read a document with a template that is not kept; nothing is changed."""

    document_id: UUID
    content: TemplateContent


class TrialValue(Answer, frozen=True, kw_only=True):
    """One value as it would be read."""

    field: str
    raw: str
    state: Literal["read", "blank", "needs_review"]
    doubt: str


class TrialOutcome(Answer, frozen=True, kw_only=True):
    """What would be read. recognised: the document is this form."""

    recognised: bool
    fields: list[TrialValue]
    row_count: int
    doubts: int
    warnings: list[str]
