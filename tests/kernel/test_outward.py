"""Requests to addresses that people typed: nothing inside is reached, whatever way the address is written."""

import ipaddress

import pytest

from nanopore_tracking.kernel import errors, outward
from tests.harness.receiver import receiver

NOWHERE = outward.Local.of("")


@pytest.mark.parametrize(
    "url",
    [
        "http://lims.example.org/hook",
        "ftp://lims.example.org/hook",
        "file:///etc/passwd",
        "https:///nothing",
        "https://user:word@lims.example.org/",
        "https://lims.example.org/#part",
        "https://lims.example.org:notaport/",
        "https://lims.example.org/a b",
        "https://lims.example.org\\@127.0.0.1/",
        "https://localhost/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/hook",
        "https://[fe80::1]/hook",
        "https://[fd00::7]/hook",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
    ],
)
def test_an_address_that_is_never_written_to_is_refused(url: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        outward.check(url, NOWHERE)
    assert refused.value.fields[0].path == "url"


@pytest.mark.parametrize("url", ["https://lims.example.org/hook?key=1", "https://lims.example.org:8443/"])
def test_a_public_address_is_taken(url: str) -> None:
    outward.check(url, NOWHERE)


def test_a_host_that_is_listed_is_taken_and_no_other_port() -> None:
    local = outward.Local.of("127.0.0.1:8080 lims.internal")
    outward.check("http://127.0.0.1:8080/hook", local)
    outward.check("http://lims.internal:9000/hook", local)
    with pytest.raises(errors.Invalid):
        outward.check("http://127.0.0.1:8081/hook", local)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
    ],
)
def test_addresses_are_seen_through_what_carries_them(address: str, is_public: bool) -> None:
    assert outward.public(ipaddress.ip_address(address)) == is_public


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "localhost."])
async def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(host: str) -> None:
    async with receiver() as there:
        with pytest.raises((outward.Refused, outward.NoAnswer)):
            await outward.post(f"https://{host}:{there.port}/", b"{}", {}, local=NOWHERE, within_s=30)
        assert there.came == []


async def test_no_redirect_is_followed_and_a_slow_answer_is_given_up() -> None:
    async with receiver() as there, receiver() as elsewhere:
        local = outward.Local.of("127.0.0.1")
        there.status, there.location = 307, elsewhere.url
        answered = await outward.post(there.url, b"{}", {"X-Mark": "1"}, local=local, within_s=30)
        assert (answered.status, answered.body, elsewhere.came) == (307, "ok", [])
        assert there.came[0][0]["host"] == f"127.0.0.1:{there.port}"
        assert there.came[0][0]["x-mark"] == "1"
        there.pause_s = 2
        with pytest.raises(outward.NoAnswer, match=r"within 0\.2 seconds"):
            await outward.post(there.url, b"{}", {}, local=local, within_s=0.2)
