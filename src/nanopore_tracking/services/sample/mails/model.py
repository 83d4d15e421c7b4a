"""What a mail says, when it is tried again, and when it is given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

from nanopore_tracking.counting import counted

JOB = "send-mails"
MOST_ATTEMPTS = 8
LONGEST_DELAY_S = 14_400.0
LEASE_S = 180.0
#: Facts that are numbers, and of what.
_NUMBERS = {"row_count": "sample", "sample_count": "sample", "short_count": "sample", "file_count": "file"}
NO_SERVER = "No mail server is set: NANOPORE_SMTP_URL."

#: Of each kind: the subject, and the paragraphs. {…} are facts of the submission; a missing one is blank.
_WORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "received": (
        "{code}: we have your submission",
        ("We have your submission {code} with {row_count}.", "We look at it now and write again."),
    ),
    "accepted": (
        "{code}: accepted, please send your samples",
        ("Your submission {code} is accepted: {sample_count}.", "Please send the tubes with the packing slip."),
    ),
    "rejected": (
        "{code}: we cannot take this submission",
        ("We cannot take your submission {code}.", "{reason}", "Nothing was started. Please contact us."),
    ),
    "question": (
        "{code}: we have a question",
        ("We have a question about your submission {code}:", "{question}", "The clock stands still until you answer."),
    ),
    "fewer_data": (
        "{code}: fewer data than you asked for",
        (
            "After the run {run}, there are fewer data than you asked for of {short_count} of your submission {code}.",
            "You asked for {target}. These have less: {samples}.",
            "More can be read of them (a top-up). Please tell us whether we should, or whether these data are enough.",
        ),
    ),
    "released": (
        "{code}: your data are ready",
        (
            "The data of your submission {code} are ready: {file_count}, {size_gb} GB.",
            "They are identified as {delivery}. The link to them ends on {until}.",
            "Please confirm on the page below that they have arrived.",
        ),
    ),
    "retracted": (
        "{code}: please do not use the data that you got",
        ("We have to take the delivery {delivery} of your submission {code} back.", "{reason}"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A mail that this replica is to send. facts: what its text is made of."""

    id: UUID
    submission_id: UUID
    submission_code: str
    lab_id: UUID
    kind: str
    recipient: str
    facts: Mapping[str, Any]
    attempts: int
    lease: UUID


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is sent. message_id: the same for every attempt."""

    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    message_id: str


class _Facts(dict[str, Any]):
    """Facts by name, blank where there is none."""

    def __missing__(self, key: str) -> str:
        return ""


def letter(claimed: Claimed, *, url: str, sender: str) -> Letter:
    """Return what is sent; url: of the status page, whose link is made for this mail."""
    subject, paragraphs = _WORDS[claimed.kind]
    numbers = {name: counted(int(claimed.facts[name]), of) for name, of in _NUMBERS.items() if name in claimed.facts}
    facts = _Facts({"code": claimed.submission_code, **claimed.facts, **numbers})
    said = [text for paragraph in paragraphs if (text := paragraph.format_map(facts).strip())]
    last = "Whoever has this link sees the state of the submission. It needs no account."
    plain = "\n\n".join([*said, f"{url}", last]) + "\n"
    body = "".join(f"<p>{escape(text)}</p>" for text in said)
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(subject.format_map(facts))}</title>'
        f'<body>{body}<p><a href="{escape(url)}" rel="noreferrer">See the state of {escape(claimed.submission_code)}'
        f"</a></p><p>{escape(last)}</p></body></html>\n"
    )
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    return Letter(
        sender=sender,
        recipient=claimed.recipient,
        subject=subject.format_map(facts),
        text=plain,
        html=html,
        message_id=f"<{claimed.id}@{domain}>",
    )


def delay_s(attempts: int, first_s: float) -> float:
    """Return the pause after so many attempts: four times as long each, at most four hours."""
    return float(min(LONGEST_DELAY_S, first_s * 4.0 ** min(attempts - 1, 20)))
