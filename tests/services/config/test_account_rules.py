"""The rules of accounts, passwords, tokens and sessions, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from nanopore_tracking.contracts.api.config import NewApiToken
from nanopore_tracking.contracts.api.config.accounts import Role
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.config.accounts import model as accounts
from nanopore_tracking.services.config.accounts import store as account_store
from nanopore_tracking.services.config.sessions.model import Session, access_token_id, session_of
from nanopore_tracking.services.config.tokens import model as tokens

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LAB, OTHER_LAB = uuid4(), uuid4()


def _account(roles: tuple[str, ...] = ("submitter",), lab_ids: tuple[UUID, ...] = (LAB,)) -> accounts.Account:
    return accounts.Account(
        id=uuid4(),
        username="alice",
        name="Alice Okafor",
        email="alice@example.org",
        roles=roles,
        lab_ids=lab_ids,
        active=True,
        has_pin=False,
        has_password=True,
        version=1,
    )


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "Password1234!",
        "P@ssw0rd2026",
        "aaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "123456789012",
        "739182736451",
        "qwertyuiopasdf",
        "fdsapoiuytrewq",
        "WelcomeAdmin2026",
        "nanopore-minion-42",
        "alice-okafor-1990",
        "sunshinemonkey!!",
        "letmein.letmein",
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    assert accounts.password_fault(password, _account(), account_store.frequent_words())


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "kJ8#vQ2m!xPz", "tübinger-neckarfront-93", "3fe1b7c29a04d8", "Hm. Nein, danke."],
)
def test_a_password_of_ones_own_is_taken(password: str) -> None:
    assert accounts.password_fault(password, _account(), account_store.frequent_words()) is None


def test_labs_are_in_a_token_only_where_they_limit_the_sight() -> None:
    submitter, technician = _account(), _account(roles=("technician",))

    seen = accounts.claims(submitter, kind="person", roles=submitter.roles, lab_ids=submitter.lab_ids)
    all_seen = accounts.claims(technician, kind="person", roles=technician.roles, lab_ids=technician.lab_ids)

    assert seen["labs"] == [str(LAB)]
    assert all_seen["labs"] == []


def test_an_administrator_is_lost_by_role_or_by_being_deactivated() -> None:
    before = {"active": True, "roles": ["admin"]}

    assert accounts.loses_admin(before, {"active": True, "roles": ["viewer"]})
    assert accounts.loses_admin(before, {"active": False, "roles": ["admin"]})
    assert not accounts.loses_admin(before, {"active": True, "roles": ["admin", "viewer"]})
    assert not accounts.loses_admin({"active": True, "roles": []}, {"active": False, "roles": []})


def _asked(roles: list[Role], lab_ids: list[UUID], days: float = 30, name: str = "import") -> NewApiToken:
    return NewApiToken(name=name, roles=roles, lab_ids=lab_ids, expires_at=NOW + timedelta(days=days))


def test_a_token_within_its_owner_is_allowed() -> None:
    tokens.require_within(_asked(["submitter"], [LAB]), _account(), NOW)
    tokens.require_within(_asked(["technician"], [OTHER_LAB]), _account(roles=("technician",)), NOW)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (_asked(["submitter", "admin"], []), "roles"),
        (_asked([], []), "roles"),
        (_asked(["submitter"], [LAB, OTHER_LAB]), "lab_ids"),
        (_asked(["submitter"], [LAB], days=367), "expires_at"),
        (_asked(["submitter"], [LAB], days=-1), "expires_at"),
        (_asked(["submitter"], [LAB], name="  "), "name"),
    ],
)
def test_a_token_beyond_its_owner_is_refused(asked: NewApiToken, field: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        tokens.require_within(asked, _account(), NOW)

    assert [fault.path for fault in refused.value.fields] == [field]


def test_a_token_loses_what_its_owner_loses() -> None:
    token = tokens.ApiToken(
        id=uuid4(),
        account_id=uuid4(),
        name="import",
        roles=["submitter", "technician"],
        lab_ids=[LAB, OTHER_LAB],
        expires_at=NOW,
        revoked_at=None,
        version=1,
    )

    assert tokens.roles_now(token, _account()) == ["submitter"]
    assert tokens.labs_now(token, _account()) == [LAB]


@pytest.mark.parametrize("text", ["", "npt_", "npt_short", "npt_" + "a" * 44, "NPT_" + "a" * 43, "npt_" + "ä" * 43])
def test_only_the_form_of_an_api_token_is_looked_up(text: str) -> None:
    assert not tokens.looks_right(text)
    assert tokens.looks_right("npt_" + "aB3_-" * 8 + "xyz")


def _session(**values: object) -> Session:
    kept = {
        "id": uuid4(),
        "account_id": uuid4(),
        "means": "password",
        "may_set_password": False,
        "device_id": None,
        "opened_at": NOW,
        "last_used_at": NOW,
        "ends_at": NOW + timedelta(hours=12),
        "closed_at": None,
    }
    return Session(**(kept | values))  # type: ignore[arg-type]


def test_a_session_ends_when_it_is_not_used_and_at_its_end_and_when_it_is_closed() -> None:
    used = _session(last_used_at=NOW + timedelta(hours=11, minutes=50))

    assert _session().is_open(NOW + timedelta(minutes=30), 1800)
    assert not _session().is_open(NOW + timedelta(minutes=30, seconds=1), 1800)
    assert used.is_open(NOW + timedelta(hours=11, minutes=59), 1800)
    assert not used.is_open(NOW + timedelta(hours=12), 1800)
    assert not _session(closed_at=NOW).is_open(NOW, 1800)


def test_an_access_token_tells_its_session() -> None:
    session_id = uuid4()

    assert session_of(access_token_id(session_id, uuid4())) == session_id
    assert session_of(str(uuid4())) is None
    assert session_of("nonsense.1") is None
