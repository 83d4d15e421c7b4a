"""A language model that does not help: each way ends in a reading by rules and a sentence, within time and budget."""

import asyncio
from typing import Any

import pytest

from nanopore_tracking.kernel.settings import Secret
from nanopore_tracking.services.ai.endpoints.commands import standing
from nanopore_tracking.services.ai.endpoints.model import waiting
from nanopore_tracking.services.ai.settings import ModelSettings
from tests.harness.model_server import ModelServer
from tests.services.ai.forms.asked import LINES, by_name, helped
from tests.services.ai.forms.small_forms import pdf


@pytest.mark.parametrize(
    ("behaviour", "said", "questions"),
    [
        ("prose", "did not answer with JSON", 2),
        ("wrong types", "does not have the shape", 2),
        ("echoes the schema", "does not have the shape", 2),
        ("leaves out", "does not have the shape", 2),
        ("cut off", "was cut off", 1),
        ("blank", "gave no answer", 2),
        ("refuses", "gave no answer", 1),
        ("endless", "did not end", 1),
        ("breaks off", "broke off its answer", 2),
        ("silent", "did not answer within 0.5 seconds", 2),
        ("drips", "did not answer within 0.5 seconds", 2),
        ("500", "failed (status 500)", 2),
        ("401", "does not accept NANOPORE_LLM_KEY", 1),
        ("404", "does not know the model", 1),
        ("400", "needs answers by JSON schema", 2),
        ("302", "answered with status 302", 1),
    ],
)
async def test_every_failure_ends_in_a_reading_by_rules_and_a_sentence(
    server: ModelServer, behaviour: str, said: str, questions: int
) -> None:
    server.behaviour = behaviour
    async with asyncio.timeout(60):
        found = await helped(pdf(LINES), server, llm_timeout_s=0.5 if "0.5 seconds" in said else 30.0)

    assert (found.method, found.wanted, found.model) == ("pattern", "hybrid", None)
    assert said in found.warnings[0]
    assert "read by rules alone; nothing was lost" in found.warnings[0]
    assert len(server.asked) == questions
    assert by_name(found)["organism"].value == "Exampella testii"


@pytest.mark.parametrize(
    ("takes", "asked"), [("json_schema", 1), ("json_object", 2), ("format", 3)], ids=["openai", "llama.cpp", "ollama"]
)
async def test_a_server_is_asked_in_the_way_that_it_takes(server: ModelServer, takes: str, asked: int) -> None:
    server.takes = takes
    found = await helped(pdf(LINES), server)

    assert (found.method, standing(server.url).shape) == ("hybrid", takes)
    assert by_name(found)["project_name"].value == "Riverbank survey"
    assert found.tokens == server.tokens
    assert len(server.asked) == asked
    again = await helped(pdf(LINES), server)
    assert (again.method, len(server.asked)) == ("hybrid", asked + 1), "what it takes is known by now"


async def test_a_refusal_by_a_server_that_answered_before_is_about_the_document(server: ModelServer) -> None:
    await helped(pdf(LINES), server)
    server.first = ["400"]
    found = await helped(pdf(LINES), server)

    assert (found.method, len(server.asked)) == ("pattern", 2)
    assert "status 400" in found.warnings[0]
    server.takes = "format"
    assert (await helped(pdf(LINES), server)).method == "hybrid", "another server may answer there by now"


@pytest.mark.parametrize("behaviour", ["echoes the schema", "invents", "fenced"])
async def test_an_answer_without_a_schema_is_believed_no_more(server: ModelServer, behaviour: str) -> None:
    server.takes, server.behaviour = "json_object", behaviour
    found = await helped(pdf(LINES), server)

    fields = by_name(found)
    assert fields["organism"].value == "Exampella testii"
    if behaviour == "fenced":
        assert fields["project_name"].value == "Riverbank survey"
    else:
        assert fields.get("project_name") is None or fields["project_name"].value is None


@pytest.mark.parametrize("first", ["500", "503", "429", "prose", "fenced"])
async def test_what_fails_once_is_asked_once_more(server: ModelServer, first: str) -> None:
    server.first, server.retry_after = [first], "1"
    found = await helped(pdf(LINES), server)

    assert found.method == "hybrid"
    assert len(server.asked) == (1 if first == "fenced" else 2)


async def test_a_server_that_asks_for_a_long_pause_is_left_alone(server: ModelServer) -> None:
    server.behaviour, server.retry_after = "429", "120"
    found = await helped(pdf(LINES), server)

    assert "asks to wait for 120 seconds" in found.warnings[0]
    assert len(server.asked) == 1


def test_a_pause_is_told_by_a_number_or_a_date() -> None:
    at = "Mon, 30 Nov 2026 18:00:00 GMT"

    assert waiting("7", at) == 7
    assert waiting("Mon, 30 Nov 2026 18:00:09 GMT", at) == 9
    assert [waiting(text, at) for text in ("", "soon", "-3", "Mon, 30 Nov 2020 18:00:00 GMT")] == [0, 0, 0, 0]


async def test_a_server_that_fails_again_and_again_is_left_alone_until_it_may_be_asked(server: ModelServer) -> None:
    server.behaviour = "500"
    for _ in range(3):
        found = await helped(pdf(LINES), server)

    assert standing(server.url).breaker.state == "open"
    assert len(server.asked) == 5
    assert "is left alone for a moment" in found.warnings[0]


async def test_a_document_that_is_too_long_for_its_budget_is_not_sent(server: ModelServer) -> None:
    found = await helped(pdf(LINES), server, llm_document_tokens=800)

    assert "one document may cost 800" in found.warnings[0]
    assert server.came == []


async def test_the_key_is_sent_and_told_nowhere(server: ModelServer, capfd: pytest.CaptureFixture[str]) -> None:
    server.key = "sk-very-secret"
    found = await helped(pdf(LINES), server, llm_key=Secret("sk-very-secret"))
    wrong = await helped(pdf(LINES), server, llm_key=Secret("sk-another-one"))

    assert found.method == "hybrid"
    assert "does not accept NANOPORE_LLM_KEY" in wrong.warnings[0]
    said = capfd.readouterr()
    assert "language_model.asked" in said.err
    for text in ("sk-", "RQ-7781", "Robin"):
        assert text not in said.err + said.out
    assert "sk-" not in repr((found, wrong))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"llm_url": ""}, "NANOPORE_LLM_URL is not set"),
        ({"llm_model": ""}, "NANOPORE_LLM_MODEL is not"),
        ({"llm_place": "remote"}, "begins with https://"),
        ({"llm_url": "https://127.0.0.1/v1", "llm_place": "remote"}, "inside a network"),
        ({"llm_url": "https://user:word@models.example.org/v1"}, "no user, no password"),
    ],
)
def test_settings_that_do_not_fit_are_told(wrong: dict[str, Any], said: str) -> None:
    told: dict[str, Any] = {"reading_method": "hybrid", "llm_url": "http://127.0.0.1:1/v1", "llm_model": "one"}

    with pytest.raises(ValueError, match="NANOPORE_") as failure:
        ModelSettings(**(told | {"llm_place": "local"} | wrong))
    assert said in str(failure.value)
