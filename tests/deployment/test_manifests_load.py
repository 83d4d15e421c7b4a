"""The load test is a Job that ends."""

from tests.deployment.rendering import DEPLOYMENT, named, render_folder, workload


def test_the_job_is_bounded_and_runs_the_generator() -> None:
    things = render_folder(DEPLOYMENT / "testing")
    job, container = named(things, "Job", "load-test")["spec"], workload(things, "load-test").pod["containers"][0]

    assert "load.py" in named(things, "ConfigMap", "load-test")["data"]
    assert container["command"] == ["python", "/etc/load-test/load.py"]
    assert any(word.startswith("--seconds=") for word in container["args"])
    assert job["activeDeadlineSeconds"] <= 900
    assert job["backoffLimit"] == 0
