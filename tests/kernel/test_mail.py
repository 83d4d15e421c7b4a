"""Handing a mail over: addresses of servers, verdicts, and nothing without TLS unless it is said so."""

import pytest

from nanopore_tracking.kernel import mail
from nanopore_tracking.kernel.settings import Secret
from tests.harness.postbox import postbox

LETTER = mail.Mail(
    sender="Lab <lab@facility.example>",
    recipient="robin@example.org",
    subject="Hello\r\nBcc: everybody@example.org",
    text="µl",
    html="<p>µl</p>",
    message_id="<1@facility.example>",
)


def _outlet(url: str) -> mail.Outlet:
    found = mail.Outlet.of(Secret(url))
    assert found is not None
    return found


def test_a_server_is_read_from_its_address() -> None:
    found = _outlet("smtp://user%40lab:p%3Aw@mail.example.org")
    assert (found.host, found.port, found.username, found.password.reveal()) == (
        "mail.example.org",
        587,
        "user@lab",
        "p:w",
    )
    assert "p:w" not in repr(found)
    assert _outlet("smtps://mail.example.org").port == 465
    assert mail.Outlet.of(Secret("")) is None
    for wrong in ("http://mail.example.org", "smtp://", "mail.example.org", "smtp://host/path"):
        with pytest.raises(ValueError, match="smtp"):
            mail.Outlet.of(Secret(wrong))


async def test_a_mail_arrives_with_one_subject_line() -> None:
    async with postbox() as there:
        await mail.send(_outlet(f"smtp+plain://127.0.0.1:{there.port}"), LETTER, within_s=30)
        (letter,) = there.to("robin@example.org")
    assert letter["Subject"] == "Hello Bcc: everybody@example.org"
    assert letter["Bcc"] is None
    assert there.tries == ["robin@example.org"]


async def test_a_server_without_tls_gets_nothing_unless_it_is_said_so() -> None:
    async with postbox() as there:
        with pytest.raises(mail.NotNow):
            await mail.send(_outlet(f"smtp://127.0.0.1:{there.port}"), LETTER, within_s=30)
        assert there.tries == []


@pytest.mark.parametrize(
    ("answer", "verdict"), [("550 nobody", mail.Refused), ("451 later", mail.NotNow), ("421 full", mail.NotNow)]
)
async def test_a_verdict_is_for_ever_or_for_now(answer: str, verdict: type[Exception]) -> None:
    async with postbox() as there:
        there.refusals["robin@example.org"] = answer
        with pytest.raises(verdict) as told:
            await mail.send(_outlet(f"smtp+plain://127.0.0.1:{there.port}"), LETTER, within_s=30)
    assert "robin" not in str(told.value)


async def test_a_server_that_is_not_there_is_not_now() -> None:
    with pytest.raises(mail.NotNow):
        await mail.send(_outlet("smtp+plain://127.0.0.1:1"), LETTER, within_s=1)
