"""What a pod gets from its manifest is what its program reads; what is agreed between several places is the same."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nanopore_tracking import process, registry
from nanopore_tracking.embedded import postgres
from nanopore_tracking.kernel.settings import SettingsProblem
from tests.deployment import agreed
from tests.deployment.rendering import DEPLOYMENT, Thing, named, of_kind, render, workload, workloads
from tests.deployment.rules import settings

NAMES = registry.NAMES
SECRETS = agreed.secret_values()


def _given(service: str, *way: str) -> dict[str, str]:
    things = render(*way)
    return settings.environment(things, workload(things, agreed.deployment_of(service)), SECRETS)


@pytest.mark.parametrize(
    ("service", "change", "found"),
    [
        ("sample", {"NANOPORE_COFFEE": "black"}, "sample does not read NANOPORE_COFFEE"),
        ("sample", {"NANOPORE_OBJECTS_URL": "/objects"}, "sample does not read NANOPORE_OBJECTS_URL"),
        ("web", {"SAMPLES_DB_URL": "postgresql://x"}, "web does not read SAMPLES_DB_URL"),
        ("config", {"NANOPORE_SIGNING_KEY_FILE": None}, "config needs NANOPORE_SIGNING_KEY"),
        ("backup", {"NANOPORE_BACKUP_AI_URL": None}, "backup needs NANOPORE_BACKUP_AI_URL"),
    ],
)
def test_a_variable_too_many_or_too_few_is_found(service: str, change: dict[str, str | None], found: str) -> None:
    given = {name: value for name, value in (_given(service, "openshift") | change).items() if value is not None}

    assert settings.problems(service, list(given)) == [found]


@pytest.mark.parametrize("overlay", ["kubernetes", "openshift"])
def test_the_values_are_taken(overlay: str, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "signing-key.pem").write_bytes(key)
    for service in NAMES:
        given = _given(service, overlay)
        if service == "config":
            given["NANOPORE_SIGNING_KEY_FILE"] = str(tmp_path / "signing-key.pem")

        kernel, *_ = process.settings_of(process.services_of([service]), given)

        assert (kernel.host, kernel.port) == ("0.0.0.0", 8000)  # noqa: S104 (a pod's own address)
        assert (kernel.db_pool_min, kernel.db_pool_max, kernel.db_pool_timeout_s) == (5, 20, 30.0)


def test_a_value_that_does_not_fit_is_not_taken() -> None:
    with pytest.raises(SettingsProblem):
        process.settings_of(process.services_of(["web"]), _given("web", "openshift") | {"NANOPORE_EVENT_REPLICAS": "9"})


def test_the_migration_gets_the_addresses_of_all_databases() -> None:
    things = render("openshift")
    given = settings.environment(things, workload(things, "migration"), SECRETS)
    wanted = {str(registry.load(name).database_env) for name in NAMES if registry.load(name).database_env}

    assert set(given) == wanted | {name.replace("_URL", "_OWNER_URL") for name in wanted}


def test_addresses_lead_to_services_that_are_there() -> None:
    for way in (("kubernetes",), ("openshift", "cnpg")):
        things = render(*way)
        ports = {
            one["metadata"]["name"]: {p["port"] for p in one["spec"]["ports"]} for one in of_kind(things, "Service")
        }
        for service in NAMES:
            for name, value in _given(service, *way).items():
                for address in value.split(",") if name.endswith("_URL") else []:
                    parts = urlsplit(address.strip())
                    host = (
                        (parts.hostname or "").removeprefix("nats-0.").removeprefix("nats-1.").removeprefix("nats-2.")
                    )
                    if parts.scheme in ("http", "nats") and host != "127.0.0.1":
                        assert parts.port in ports.get(host, set()), f"{name}={value}"


def test_a_database_runs_with_the_settings_of_one_machine() -> None:
    ours = {name: value for name, value in postgres._SETTINGS.items() if name not in _OF_THE_PLACE}
    for one in workloads(render("openshift")):
        if one.name.endswith("-db"):
            command = one.pod["containers"][0]["command"]
            theirs = dict(word.removeprefix("--").split("=", 1) for word in command[1:])
            assert {name: value for name, value in theirs.items() if name not in _OF_THE_PLACE} == ours


#: Settings of PostgreSQL that are another matter in a pod.
_OF_THE_PLACE = ("listen_addresses", "unix_socket_directories", "max_connections")


def test_probes_of_a_database_ask_for_its_own() -> None:
    for name in (name for name in NAMES if name != "web"):
        database = str(registry.load(name).database)
        one = workload(render("openshift"), f"{name}-db")
        made = {variable["name"]: variable["value"] for variable in one.pod["initContainers"][0]["env"]}
        for probe in ("startupProbe", "readinessProbe"):
            asked = one.pod["containers"][0][probe]["exec"]["command"]
            assert {f"--dbname={database}", f"--username={database}_app"} < set(asked)
        assert made["DATABASE"] == database
        assert made["PGDATA"].startswith(f"{one.pod['containers'][0]['volumeMounts'][0]['mountPath']}/18/")


def test_a_managed_database_has_the_same_roles_and_size() -> None:
    plain, managed = render("openshift"), render("openshift", "cnpg")
    for cluster in of_kind(managed, "Cluster"):
        name, spec = cluster["metadata"]["name"], cluster["spec"]
        made = spec["bootstrap"]["initdb"]
        database = str(registry.load(name.removesuffix("-db")).database)
        roles = {role["name"]: role["passwordSecret"]["name"] for role in spec["managed"]["roles"]}
        claim = named(plain, "StatefulSet", name)["spec"]["volumeClaimTemplates"][0]["spec"]
        assert (made["database"], made["owner"], made["secret"]["name"]) == (
            database,
            f"{database}_owner",
            f"{name}-owner-login",
        )
        assert roles == {f"{database}_app": f"{name}-app-login", "nanopore_backup_reader": f"{name}-reader-login"}
        assert spec["storage"]["size"] == claim["resources"]["requests"]["storage"]


def test_every_secret_can_come_from_a_store() -> None:
    table = agreed.secret_keys(others=False)
    brought = {one["spec"]["target"]["name"]: _keys(one) for one in of_kind(_with_a_store(), "ExternalSecret")}

    assert brought == {name: set(keys) for name, keys in table.items()}


def _with_a_store() -> list[Thing]:
    return render("openshift", "external-secrets")


def _keys(secret: Thing) -> set[str]:
    made = secret["spec"]["target"].get("template", {}).get("data")
    return set(made) if made else {one["secretKey"] for one in secret["spec"]["data"]}


def test_addresses_of_a_store_are_put_together_from_what_is_asked_of_it() -> None:
    for secret in of_kind(_with_a_store(), "ExternalSecret"):
        asked = {one["secretKey"]: one["remoteRef"] for one in secret["spec"]["data"]}
        for variable, text in secret["spec"]["target"].get("template", {}).get("data", {}).items():
            role, value, name, database = re.fullmatch(
                r"postgresql://(\w+):\{\{ \.(\w+) \}\}@(\w+)-db:5432/(\w+)", text
            ).groups()  # type: ignore[union-attr]
            kind = {"owner": "owner", "app": "app", "reader": "reader"}[role.rsplit("_", 1)[1]]
            assert asked[value] == {"key": f"nanopore-tracking/{name}-db", "property": f"{kind}-password"}
            assert database == registry.load(name).database
            assert role in (f"{database}_{kind}", "nanopore_backup_reader")
            assert ("OWNER" in variable) == (kind == "owner")


def test_five_streams_fit_into_what_nats_may_keep_and_that_into_its_volume() -> None:
    things = render("openshift")
    kept = int(named_settings(things)["NANOPORE_EVENT_KEPT_BYTES"])
    said = re.search(r"max_file_store: (\d+)GiB", (DEPLOYMENT / "openshift/files/nats/nats.conf").read_text("utf-8"))
    claim = named(things, "StatefulSet", "nats")["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]
    assert said is not None
    most = int(said[1]) << 30

    assert 5 * kept < most < int(claim["storage"].removesuffix("Gi")) << 30


def test_events_are_kept_by_every_server_that_there_is() -> None:
    things = render("openshift")
    servers = named(things, "StatefulSet", "nats")["spec"]["replicas"]

    assert named_settings(things)["NANOPORE_EVENT_REPLICAS"] == str(servers)
    for service in (name for name in NAMES if name != "web"):
        addresses = _given(service, "openshift")["NATS_URL"].split(",")
        assert [urlsplit(one.strip()).hostname for one in addresses] == [f"nats-{n}.nats" for n in range(servers)]


def named_settings(things: list[Thing]) -> dict[str, str]:
    """Return the settings of every pod."""
    (found,) = (one for one in of_kind(things, "ConfigMap") if one["metadata"]["name"].startswith("nanopore-settings"))
    values: dict[str, str] = found["data"]
    return values


def test_the_end_of_a_pod_is_as_long_as_the_rules_say() -> None:
    from tests.deployment.test_manifests import DRAIN_S, LEAVE_S, POOL_MAX

    said = named_settings(render("openshift"))

    assert float(said["NANOPORE_DRAIN_S"]) == DRAIN_S
    assert float(said.get("NANOPORE_LEAVE_S", "0")) == LEAVE_S
    assert int(said["NANOPORE_DB_POOL_MAX"]) == POOL_MAX


@pytest.mark.parametrize("overlay", ["kubernetes", "openshift"])
def test_every_path_of_the_api_leads_to_its_service(overlay: str) -> None:
    from nanopore_tracking.kernel.http import operations

    wanted = {"/": "web"}
    for name in NAMES:
        service = registry.load(name)
        paths = (*service.paths, *operations.paths(name)) if service.database else ()
        wanted |= dict.fromkeys(paths, agreed.deployment_of(name))

    assert _paths(render(overlay)) == wanted
    assert _paths(render(overlay, "httproute")) == wanted


def _paths(things: list[Thing]) -> dict[str, str]:
    found = {route["spec"]["path"]: route["spec"]["to"]["name"] for route in of_kind(things, "Route")}
    for ingress in of_kind(things, "Ingress"):
        for path in ingress["spec"]["rules"][0]["http"]["paths"]:
            found[path["path"]] = path["backend"]["service"]["name"]
    for rule in (rule for route in of_kind(things, "HTTPRoute") for rule in route["spec"]["rules"]):
        for match in rule.get("matches", []):
            found[match["path"]["value"]] = rule["backendRefs"][0]["name"]
    return found


def test_whoever_comes_without_tls_is_sent_on() -> None:
    for route in of_kind(render("openshift"), "Route"):
        assert route["spec"]["tls"] == {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"}
        assert "max-age=" in route["metadata"]["annotations"]["haproxy.router.openshift.io/hsts_header"]
    redirect = named(render("kubernetes", "httproute"), "HTTPRoute", "nanopore-tracking-redirect")
    assert redirect["spec"]["rules"][0]["filters"][0]["requestRedirect"]["scheme"] == "https"
    assert "annotations" not in named(render("kubernetes"), "Ingress", "nanopore-tracking")["metadata"]


def test_the_address_of_the_product_is_the_same_everywhere() -> None:
    for overlay in ("kubernetes", "openshift"):
        things = render(overlay, "httproute")
        hosts = {urlsplit(_given("web", overlay)["NANOPORE_PUBLIC_URL"]).hostname}
        hosts |= {route["spec"]["host"] for route in of_kind(things, "Route")}
        hosts |= {host for route in of_kind(things, "HTTPRoute") for host in route["spec"]["hostnames"]}
        for ingress in of_kind(render(overlay), "Ingress"):
            hosts |= {rule["host"] for rule in ingress["spec"]["rules"]} | set(ingress["spec"]["tls"][0]["hosts"])
        assert hosts == {"nanopore.example.org"}


def test_commands_of_pods_are_commands_of_the_product() -> None:
    from typer.testing import CliRunner

    from nanopore_tracking.cli.main import app

    things = render("openshift")
    commands = [
        workload(things, name).pod["containers"][0]["args"] for name in ("migration", "restore-drill", "backup-now")
    ]
    commands += [workload(things, name).pod["containers"][0]["args"][:1] for name in agreed.LEAST]

    for command in commands:
        assert CliRunner().invoke(app, [*command[:2], "--help"]).exit_code == 0, command
    assert CliRunner().invoke(app, ["brew", "--help"]).exit_code != 0
