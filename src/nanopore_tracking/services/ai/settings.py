"""Settings of the ai service: its database, where files are kept, what a document may cost, who helps to read it."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel import errors, outward
from nanopore_tracking.kernel.sandbox import Limits
from nanopore_tracking.kernel.settings import Env, Secret

#: Megabytes of memory for the reader of one form, whatever the reader of a table may use.
_FORM_MEMORY_MB = 512


class ModelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """By which method forms are read, and the language model that some of the methods ask."""

    reading_method: Annotated[
        Literal["pattern", "llm", "hybrid", "rag"],
        Meta(
            description="How forms are read: by rules, by the model with every value checked, by rules with its help, "
            "or by these and what corrections taught, with suggestions for the rest."
        ),
    ] = "pattern"
    meanings: Annotated[
        Literal["off", "on"],
        Meta(
            description="Whether texts are compared by meaning too, by a small model on this machine that `make "
            "meanings` installs, once somebody of the laboratory has confirmed it; without it, by spelling."
        ),
    ] = "off"
    llm_url: Annotated[
        str,
        Meta(description="An OpenAI-compatible server up to /v1, such as http://127.0.0.1:11434/v1; empty: none."),
    ] = ""
    llm_model: Annotated[str, Meta(max_length=200, description="The model that is asked, as its server calls it.")] = ""
    llm_key: Annotated[Secret, Meta(description="The API key of that server, if it wants one.")] = Secret("")
    llm_place: Annotated[
        Literal["remote", "local"],
        Meta(description="local: the server is the facility's own; remote: projects have to agree, and https is used."),
    ] = "remote"
    llm_searches: Annotated[
        Literal["off", "local", "remote"],
        Meta(
            description="Whether people may put words of a search that were not understood to the model: never; where "
            "its server is the facility's own; to one elsewhere too, whereby words leave the facility."
        ),
    ] = "off"
    llm_searches_per_day: Annotated[
        int, Meta(ge=1, le=10_000, description="Questions about searches that one person may put in a day (UTC).")
    ] = 50
    llm_timeout_s: Annotated[
        float,
        Meta(gt=0, le=600, description="How long one answer of the model is waited for; it is asked twice at most."),
    ] = 30.0
    llm_document_tokens: Annotated[
        int, Meta(ge=500, le=1_000_000, description="Tokens that the model may spend on one document, in and out.")
    ] = 16_000
    llm_month_tokens: Annotated[
        int, Meta(ge=0, le=100_000_000_000, description="Tokens that the model may spend in a calendar month (UTC).")
    ] = 2_000_000
    llm_cost_per_1k_tokens: Annotated[
        float, Meta(ge=0, le=1000, description="What 1,000 tokens cost, in the facility's currency; for the record.")
    ] = 0.0

    def __post_init__(self) -> None:
        """Check what depends on several fields."""
        if not self.llm_url:
            if self.reading_method in ("llm", "hybrid"):
                raise ValueError(f"NANOPORE_READING_METHOD is {self.reading_method}, and NANOPORE_LLM_URL is not set.")
            return
        if not self.llm_model:
            raise ValueError("NANOPORE_LLM_URL is set, and NANOPORE_LLM_MODEL is not.")
        try:
            outward.check(self.llm_url, self.llm_local())
        except errors.Invalid as problem:
            raise ValueError(f"NANOPORE_LLM_URL: {problem.fields[0].message}") from problem

    def llm_local(self) -> outward.Local:
        """Return the one host and port that may be inside a network, none for a remote model."""
        parts = urlsplit(self.llm_url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        return outward.Local.of(f"{parts.hostname}:{port}" if self.llm_place == "local" else "")


class Settings(ModelSettings, frozen=True, kw_only=True):
    """Read once at start."""

    db_url: Annotated[Secret, Env("AI_DB_URL"), Meta(description="The ai service's own database.")]
    objects_url: Annotated[
        str,
        Meta(
            pattern=r"^(file:///|s3://|/).+",
            description="Where uploaded files are kept: file:///folder, or s3://bucket/prefix with AWS_… variables.",
        ),
    ]
    document_max_mb: Annotated[int, Meta(ge=1, le=200, description="Megabytes that an uploaded document may have.")] = (
        20
    )
    manifest_max_rows: Annotated[int, Meta(ge=1, le=100_000, description="Sample rows that one manifest may have.")] = (
        20_000
    )
    lessons_apart: Annotated[
        Literal["people", "forms"],
        Meta(
            description="What a label needs that people teach who may not change templates: confirmations by two "
            "different people, or on two different forms, by one person too."
        ),
    ] = "people"
    reader_memory_mb: Annotated[
        int,
        Meta(
            ge=256,
            le=8192,
            description="Megabytes of memory that the reader of one document may use; of a form never more than 512.",
        ),
    ] = 768
    reader_cpu_s: Annotated[
        int, Meta(ge=1, le=600, description="Seconds of processor time that the reader of one document may use.")
    ] = 20
    reader_wall_s: Annotated[
        int, Meta(ge=2, le=3600, description="Seconds after which the reader of one document is stopped.")
    ] = 60

    ocr_memory_mb: Annotated[
        int,
        Meta(
            ge=768,
            le=8192,
            description="Megabytes of memory that the recogniser of one scanned page may use; it uses 550.",
        ),
    ] = 1024
    ocr_cpu_s: Annotated[
        int, Meta(ge=5, le=600, description="Seconds of processor time that the recogniser of a scanned page may use.")
    ] = 60
    ocr_wall_s: Annotated[
        int, Meta(ge=5, le=3600, description="Seconds after which the recogniser of a scanned page is stopped.")
    ] = 180

    @property
    def document_max_bytes(self) -> int:
        """Bytes that an uploaded document may have."""
        return self.document_max_mb * 1_000_000

    def form_limits(self) -> Limits:
        """Return what the reader of one form may use: it needs a tenth of that, and what needs more does harm."""
        memory_bytes = min(self.reader_memory_mb, _FORM_MEMORY_MB) << 20
        return Limits(memory_bytes=memory_bytes, cpu_s=self.reader_cpu_s, wall_s=float(self.reader_wall_s))

    def ocr_limits(self) -> Limits:
        """Return what the recogniser of one scanned page may use."""
        return Limits(memory_bytes=self.ocr_memory_mb << 20, cpu_s=self.ocr_cpu_s, wall_s=float(self.ocr_wall_s))

    def limits(self) -> Limits:
        """Return what the reader of one document may use."""
        return Limits(
            memory_bytes=self.reader_memory_mb << 20, cpu_s=self.reader_cpu_s, wall_s=float(self.reader_wall_s)
        )
