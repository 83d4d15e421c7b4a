"""What scripts/deploy-microservices.sh says and how it ends when something is wrong."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.deployment.recording import ROOT, Recorder

DEPLOY = "deploy-microservices.sh"


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl and podman, and an empty cluster."""
    return Recorder(tmp_path, "kubectl", "podman")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--frobnicate"], "There is no flag --frobnicate."),
        (["extra"], "There is no flag extra."),
        (["--build=yes"], "There is no flag yes."),
        (["--overlay"], "--overlay needs a value."),
        (["--overlay", "--build"], "--overlay needs a value."),
        (["--timeout", "soon"], "--timeout is a number of seconds, and soon is none."),
        (["--delete", "--migrate"], "--delete does not go with --build and --migrate."),
        (["--yes"], "--with-data and --yes go with --delete only."),
        (["--overlay", "moon", "--dry-run"], "There are: kubernetes, openshift."),
        (["--component", "moon", "--dry-run"], "There is no moon in deployment/components"),
    ],
)
def test_a_wrong_flag_does_nothing(cluster: Recorder, flags: list[str], says: str) -> None:
    ran = cluster.run(DEPLOY, *flags)

    assert ran.code == 2
    assert says in ran.err
    assert "Nothing was done." in ran.err
    assert not cluster.lines("apply")


def test_a_wrong_flag_shows_the_usage(cluster: Recorder) -> None:
    assert "Usage: scripts/deploy-microservices.sh" in cluster.run(DEPLOY, "--frobnicate").err


def test_help_tells_flags_settings_and_exit_codes(cluster: Recorder) -> None:
    ran = cluster.run(DEPLOY, "--migrate", "--help")

    assert ran.code == 0
    for word in ("--build", "--delete", "NAMESPACE", "STORAGE_CLASS_STANDARD", "Exit codes:", "  6  "):
        assert word in ran.out
    assert cluster.calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NAMESPACE", "Not A Name"),
        ("NAMESPACE", "x" * 64),
        ("IMAGE_TAG", 'a"b'),
        ("REGISTRY_URL", "registry example"),
        ("STORAGE_CLASS_FAST", "fast\n- x"),
        ("PUBLIC_HOST", "https://lab.example.com"),
        ("POLL_SECONDS", "0"),
        ("POLL_SECONDS", "0.0"),
        ("POLL_SECONDS", "soon"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(cluster: Recorder, name: str, value: str) -> None:
    ran = cluster.run(DEPLOY, environ={name: value})

    assert ran.code == 2
    assert name in ran.err
    assert cluster.calls == []


def test_without_a_program_for_the_cluster_nothing_is_done(tmp_path: Path) -> None:
    ran = Recorder(tmp_path).run(DEPLOY)

    assert ran.code == 3
    assert "Neither kubectl nor oc is installed." in ran.err


def test_without_a_program_for_images_nothing_is_built(tmp_path: Path) -> None:
    cluster = Recorder(tmp_path, "kubectl")

    ran = cluster.run(DEPLOY, "--build")

    assert ran.code == 3
    assert "Neither podman, buildah nor docker is installed" in ran.err
    assert cluster.calls == []


@pytest.mark.parametrize(
    ("like", "words", "says"),
    [
        ("get --raw /version", "The connection to the server was refused", "The cluster does not answer"),
        ("get --raw /version", "error: You must be logged in to the server (Unauthorized)", "Unauthorized"),
        ("auth can-i", "error: You must be logged in to the server (Unauthorized)", "does not know who you are"),
    ],
)
def test_a_cluster_out_of_reach_is_told(cluster: Recorder, like: str, words: str, says: str) -> None:
    cluster.refuse(like, says=words)

    ran = cluster.run(DEPLOY)

    assert ran.code == 4
    assert says in ran.err
    assert words in ran.err
    assert not cluster.lines("apply")


def test_who_may_do_nothing_yet_may_still_make_a_namespace(cluster: Recorder) -> None:
    cluster.tell(says=cluster.state["says"] | {"auth": "no\n"})

    assert cluster.run(DEPLOY, "--dry-run").code == 0


def test_a_kind_that_the_server_does_not_have_is_found_before_anything_is_done(cluster: Recorder) -> None:
    says = cluster.state["says"]
    cluster.tell(says=says | {"api-versions": says["api-versions"].replace("autoscaling/v2\n", "autoscaling/v1\n")})

    ran = cluster.run(DEPLOY)

    assert ran.code == 2
    assert "The server does not know autoscaling/v2, which HorizontalPodAutoscaler is of." in ran.err
    assert not cluster.lines("apply")


@pytest.mark.parametrize(
    ("like", "step", "later"),
    [
        ("create -f", "secrets", "databases, services"),
        ("rollout status statefulset/nats", "databases", "services"),
        ("apply.*steps/services.yaml", "services", "autoscaling"),
        ("rollout status deployment/config-service", "services", "autoscaling"),
        ("rollout status deployment/prometheus", "ingress", "nothing else"),
    ],
)
def test_a_failed_step_is_named_with_what_is_left_and_how_to_go_on(
    cluster: Recorder, like: str, step: str, later: str
) -> None:
    cluster.tell(
        objects={"deployment/config-service": {"metadata": {"name": "config-service", "labels": {}}, "spec": {}}}
    )
    cluster.tell(tables={"pods": "sample-db-0\tPending\t\tfalse,\n", "events": "FailedScheduling\n"})
    cluster.tell(says=cluster.state["says"] | {"logs": "no space left\n"})
    cluster.refuse(like, says="error: timed out waiting for the condition")

    ran = cluster.run(DEPLOY, "--timeout", "30")

    assert ran.code == 5
    assert f"Stopped at: {step}." in ran.err
    assert f"Not done: {later}" in ran.err
    assert "error: timed out waiting for the condition" in ran.err
    assert "FailedScheduling" in ran.err
    assert "What sample-db-0 said last:\nno space left" in ran.err
    assert "run the same again: what is done is not done twice." in ran.err
    assert cluster.left_behind() == []


def test_a_failed_migration_shows_what_it_said_and_no_service_is_touched(cluster: Recorder) -> None:
    cluster.tell(jobs="Failed", says=cluster.state["says"] | {"logs": "The migration sample/0007 failed.\n"})

    ran = cluster.run(DEPLOY, "--migrate")

    assert ran.code == 5
    assert "The migration sample/0007 failed." in ran.err
    assert "The Job migration-0-1-0 failed." in ran.err
    assert not cluster.lines("steps/services.yaml")


def test_a_migration_that_does_not_end_is_not_waited_for_longer_than_told(cluster: Recorder) -> None:
    cluster.tell(jobs="")

    ran = cluster.run(DEPLOY, "--migrate", "--timeout", "1", environ={"POLL_SECONDS": "0.1"})

    assert ran.code == 5
    assert "The Job migration-0-1-0 did not end within 1 seconds." in ran.err
    assert len(cluster.lines("get job/migration-0-1-0")) > 1


def test_a_run_after_a_failure_goes_on(cluster: Recorder) -> None:
    cluster.refuse("rollout status statefulset/nats", times=1)
    assert cluster.run(DEPLOY).code == 5
    cluster.forget()

    ran = cluster.run(DEPLOY)

    assert ran.code == 0, ran.err
    assert not cluster.lines("create -f")
    assert cluster.lines("steps/migration.yaml")


@pytest.mark.parametrize(
    ("like", "says"), [("^build", "did not build"), ("^push", "podman login registry.example.org")]
)
def test_an_image_that_is_not_there_stops_before_the_cluster_is_changed(
    cluster: Recorder, like: str, says: str
) -> None:
    cluster.refuse(like, says="unauthorized", code=125)

    ran = cluster.run(DEPLOY, "--build", environ={"REGISTRY_URL": "registry.example.org/lab"})

    assert ran.code == 6
    assert says in ran.err
    assert not cluster.lines("apply")


@pytest.mark.parametrize("program", ["buildah", "docker"])
def test_any_program_for_images_will_do(tmp_path: Path, program: str) -> None:
    cluster = Recorder(tmp_path, "kubectl", program)

    ran = cluster.run(DEPLOY, "--build")

    assert ran.code == 0, ran.err
    built = [call.line for call in cluster.calls if call.program == program and call.words[0] == "build"]
    assert built[0].startswith("build --tag nanopore-tracking-app:0.1.0 --file ")
    assert not [call for call in cluster.calls if "push" in call.words]
    assert "REGISTRY_URL is not set" in ran.err


@pytest.mark.parametrize("same", [True, False])
def test_pods_start_again_when_their_tag_means_another_image_now(cluster: Recorder, same: bool) -> None:
    cluster.run(DEPLOY, "--build")
    cluster.tell(same_image=same)
    cluster.forget()

    cluster.run(DEPLOY, "--build")

    assert bool(cluster.lines("rollout restart deployment/config-service deployment/web")) != same


@pytest.mark.parametrize(("like", "step"), [("get secrets", "secrets"), ("get StatefulSet", "")])
def test_the_code_of_another_program_is_not_taken_for_ones_own(cluster: Recorder, like: str, step: str) -> None:
    cluster.refuse(like, says="panic: something", code=2)

    ran = cluster.run(DEPLOY)

    assert ran.code == 5
    assert "panic: something" in ran.err
    assert (f"Stopped at: {step}." if step else "That failed before anything was done.") in ran.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_interrupts_is_told_where(cluster: Recorder, number: signal.Signals, code: int) -> None:
    cluster.tell(jobs="")
    # A script cannot trap what was ignored when it began, as it is for what a shell runs in the background.
    command = ["env", "--default-signal=INT", str(ROOT / "scripts" / DEPLOY), "--migrate"]
    environ = cluster.environment | {"POLL_SECONDS": "0.1"}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as run:
        while not cluster.lines("get job/migration-0-1-0"):
            time.sleep(0.1)
        run.send_signal(number)
        _, err = run.communicate(timeout=60)

    assert run.returncode == code
    assert b"Stopped at: migration." in err
    assert cluster.left_behind() == []
