"""The Secrets that scripts/deploy-microservices.sh makes: at random, once, each service its own."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.deployment.recording import ROOT, Recorder

DEPLOY = "deploy-microservices.sh"


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl, and an empty cluster."""
    return Recorder(tmp_path, "kubectl")


def _secrets(cluster: Recorder) -> dict[str, dict[str, str]]:
    return {
        thing["metadata"]["name"]: {key: base64.b64decode(value).decode() for key, value in thing["data"].items()}
        for thing in cluster.state["objects"].values()
        if thing["kind"] == "Secret"
    }


def test_every_password_is_another_one(cluster: Recorder, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Recorder(tmp_path / "other", "kubectl")
    cluster.run(DEPLOY)
    other.run(DEPLOY)

    passwords = [
        value
        for secrets in (_secrets(cluster), _secrets(other))
        for keys in secrets.values()
        for key, value in keys.items()
        if key.endswith("password")
    ]

    assert len(passwords) == 2 * (5 * 4 + 3)
    assert len(set(passwords)) == len(passwords)
    assert all(re.fullmatch(r"[0-9a-f]{48}", password) for password in passwords)


def test_addresses_have_the_password_of_their_role_and_lead_to_their_database(cluster: Recorder) -> None:
    cluster.run(DEPLOY)
    secrets = _secrets(cluster)
    names = {"sample": "nanopore_samples"} | {name: f"nanopore_{name}" for name in ("ai", "audit", "backup", "config")}
    expected: dict[str, dict[str, str]] = {}
    for service, database in names.items():
        kept = secrets[f"{service}-db-credentials"]
        place = f"@{service}-db:5432/{database}"
        prefix = "SAMPLES" if service == "sample" else service.upper()
        own = {f"{prefix}_DB_URL": f"postgresql://{database}_app:{kept['app-password']}{place}"}
        expected.setdefault(f"{service}-service-env", {}).update(own)
        reader = f"postgresql://nanopore_backup_reader:{kept['reader-password']}{place}"
        expected.setdefault("backup-service-env", {})[f"NANOPORE_BACKUP_{service.upper()}_URL"] = reader
        owner = f"postgresql://{database}_owner:{kept['owner-password']}{place}"
        app = f"postgresql://{database}_app{place}"
        expected.setdefault("migration-env", {}).update({f"{prefix}_DB_URL": app, f"{prefix}_DB_OWNER_URL": owner})

    assert {name: keys for name, keys in secrets.items() if name.endswith("-env")} == expected


def test_the_signing_key_can_sign(cluster: Recorder) -> None:
    cluster.run(DEPLOY)

    key = load_pem_private_key(_secrets(cluster)["config-signing-key"]["signing-key.pem"].encode(), None)

    assert isinstance(key, Ed25519PrivateKey)


def test_no_secret_is_in_a_command_line_or_in_what_is_said(cluster: Recorder) -> None:
    ran = cluster.run(DEPLOY)

    said = ran.out + ran.err + "".join(call.line for call in cluster.calls)
    for name, keys in _secrets(cluster).items():
        for key, value in keys.items():
            if (name, key) == ("grafana-admin", "user"):
                continue
            assert value not in said
            assert base64.b64encode(value.encode()).decode() not in said


def test_what_is_missing_is_made_from_what_is_there(cluster: Recorder) -> None:
    cluster.run(DEPLOY)
    before = _secrets(cluster)
    objects = cluster.state["objects"]
    for name in ("sample-service-env", "backup-service-env", "migration-env"):
        del objects[f"secret/{name}"]
    cluster.tell(objects=objects)

    cluster.run(DEPLOY)

    assert _secrets(cluster) == before


def test_the_first_password_is_not_made_again_when_it_was_deleted(cluster: Recorder) -> None:
    cluster.run(DEPLOY)
    objects = cluster.state["objects"]
    del objects["secret/nanopore-admin"]
    cluster.tell(objects=objects)

    ran = cluster.run(DEPLOY)

    assert "nanopore-admin" not in _secrets(cluster)
    assert "nanopore-admin" not in ran.out


def test_a_secret_without_what_is_needed_is_told(cluster: Recorder) -> None:
    empty: dict[str, Any] = {"kind": "Secret", "metadata": {"name": "ai-db-credentials", "labels": {}}, "data": {}}
    cluster.tell(objects={"secret/ai-db-credentials": empty})

    ran = cluster.run(DEPLOY)

    assert ran.code == 5
    assert "The Secret ai-db-credentials has no app-password." in ran.err


def test_databases_in_use_are_never_given_other_passwords(cluster: Recorder) -> None:
    cluster.run(DEPLOY)

    cluster.run(DEPLOY, "--delete", "--yes")
    before = {name: keys for name, keys in _secrets(cluster).items() if name.endswith("credentials")}
    cluster.run(DEPLOY)

    assert {name: keys for name, keys in _secrets(cluster).items() if name.endswith("credentials")} == before


def test_the_secrets_are_those_of_the_table(cluster: Recorder) -> None:
    table = ROOT / "deployment" / "secrets.yaml"
    if not table.exists():
        pytest.skip("deployment/secrets.yaml is not there.")
    cluster.run(DEPLOY)

    wanted = yaml.safe_load(table.read_text("utf-8"))["required"]

    assert {name: sorted(keys) for name, keys in _secrets(cluster).items()} == {
        name: sorted(keys) for name, keys in wanted.items()
    }
