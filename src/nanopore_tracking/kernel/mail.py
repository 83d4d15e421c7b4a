"""Hands one mail to an SMTP server: by TLS unless the address says otherwise, and with a clear verdict."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

from nanopore_tracking.kernel.settings import Secret

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
Security = Literal["smtp", "smtps", "smtp+plain"]


class Refused(Exception):
    """The server said that it will never take this mail, whenever it is sent again."""


class NotNow(Exception):
    """The mail was not taken now; it can be sent again."""


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """The server that takes mails. security: `smtp` begins TLS, `smtps` is TLS, `smtp+plain` is none."""

    security: Security
    host: str
    port: int
    username: str
    password: Secret

    @classmethod
    def of(cls, url: Secret) -> "Outlet | None":
        """Read smtp://user:password@host:587, or smtps://, or smtp+plain://; None for a blank one; ValueError."""
        if not url:
            return None
        parts = urlsplit(url.reveal())
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("it is none of smtp://, smtps:// and smtp+plain:// with a host")
        return cls(
            security=parts.scheme,  # type: ignore[arg-type]
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            username=unquote(parts.username or ""),
            password=Secret(unquote(parts.password or "")),
        )


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail to one person, as text and as HTML. message_id: the same for every attempt."""

    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    message_id: str


async def send(outlet: Outlet, mail: Mail, *, within_s: float) -> None:
    """Hand a mail over; Refused or NotNow when it was not taken. Neither tells the address it was for."""
    await asyncio.to_thread(_send, outlet, _message(mail), within_s)


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"] = mail.sender
        message["To"] = Address(addr_spec=mail.recipient)
    except ValueError as failure:
        raise Refused("The address cannot be written to.") from failure
    message["Subject"] = " ".join(mail.subject.split())
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _send(outlet: Outlet, message: EmailMessage, within_s: float) -> None:
    try:
        with _connected(outlet, within_s) as server:
            if outlet.username:
                server.login(outlet.username, outlet.password.reveal())
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as failure:
        code = max((answer[0] for answer in failure.recipients.values()), default=0)
        raise _verdict(code, "The server does not take mails for this address") from failure
    except smtplib.SMTPAuthenticationError as failure:
        raise NotNow(f"The server does not accept our name and password ({failure.smtp_code}).") from failure
    except smtplib.SMTPResponseException as failure:
        raise _verdict(failure.smtp_code, "The server does not take this mail") from failure
    except (smtplib.SMTPException, ssl.SSLError, OSError, ValueError) as failure:
        raise NotNow(f"The server cannot be used now: {type(failure).__name__}.") from failure


def _connected(outlet: Outlet, within_s: float) -> smtplib.SMTP:
    if outlet.security == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(outlet.host, outlet.port, timeout=within_s, context=context)
    server = smtplib.SMTP(outlet.host, outlet.port, timeout=within_s)
    if outlet.security == "smtp":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _verdict(code: int, said: str) -> Exception:
    """Return what a code means: 5xx is for ever, 4xx is for now."""
    return Refused(f"{said} ({code}).") if 500 <= code < 600 else NotNow(f"{said} now ({code}).")
