"""`nanopore-tracking-agent play`: serve a played run on this machine, for the agent and for nobody else."""

import argparse
import json
import sys
import threading
from concurrent import futures
from pathlib import Path
from typing import Any

READY = "ready.json"
_RUN = "run.json"
_SPEED = 600.0


def add(commands: Any) -> None:
    """Add the command to a command line."""
    parser = commands.add_parser("play", help="Play a run as MinKNOW would show one; nothing is sequenced.")
    parser.add_argument("--folder", type=Path, required=True, help="Where its certificates and its state are kept.")
    parser.add_argument("--plan", type=Path, help="What is played, as JSON; a pool of two without it.")
    parser.add_argument("--port", type=int, default=0, help="Of the manager; 0 for one that is free.")
    parser.add_argument("--speed", type=float, default=_SPEED, help="How many times faster than real time.")


def play(asked: argparse.Namespace, stop: threading.Event) -> int:
    """Serve until somebody says stop; what is played goes on by its clock, whether it is served or not."""
    try:
        from nanopore_tracking_agent.play import certificates
    except ModuleNotFoundError as missing:
        print(f"Install the agent with its extra `play`: {missing.name} is missing.", file=sys.stderr)  # noqa: T201
        return 1
    from nanopore_tracking_agent.play.course import Plan
    from nanopore_tracking_agent.play.run import opened

    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    certificates.made(folder)
    try:
        plan = Plan.of(json.loads(asked.plan.read_text("utf-8"))) if asked.plan else Plan()
    except (OSError, ValueError, TypeError) as failure:
        print(f"The plan cannot be read: {failure}.", file=sys.stderr)  # noqa: T201
        return 2
    run = opened(folder / _RUN, plan, asked.speed)
    servers, port = _served(folder, run, asked.port)
    said = {
        "port": port,
        "protocol_run_id": run.protocol_run_id,
        "acquisition_run_id": run.acquisition_run_id,
        "environment": {
            "MINKNOW_TRUSTED_CA": str(folder / certificates.CA),
            "MINKNOW_API_CLIENT_CERTIFICATE_CHAIN": str(folder / certificates.CHAIN),
            "MINKNOW_API_CLIENT_KEY": str(folder / certificates.KEY),
            "MINKNOW_API_USE_LOCAL_TOKEN": "0",
        },
    }
    draft = folder / "ready.draft"
    draft.write_text(json.dumps(said, indent=1), "utf-8")
    draft.replace(folder / READY)
    print(f"Playing {run.plan.experiment_id} on {run.plan.position} at 127.0.0.1:{port}.", flush=True)  # noqa: T201
    stop.wait()
    for server in servers:
        server.stop(0)
    return 0


def _served(folder: Path, run: Any, port: int) -> tuple[list[Any], int]:
    """Start the servers of the position and of the manager; return them and the manager's port."""
    import grpc
    from minknow_api import (
        acquisition_pb2_grpc,
        device_pb2_grpc,
        instance_pb2_grpc,
        manager_pb2_grpc,
        protocol_pb2_grpc,
        statistics_pb2_grpc,
    )

    from nanopore_tracking_agent.play import certificates, services
    from nanopore_tracking_agent.play.statistics import Statistics

    pair = [((folder / certificates.SERVER_KEY).read_bytes(), (folder / certificates.SERVER).read_bytes())]
    trusted = (folder / certificates.CA).read_bytes()
    credentials = grpc.ssl_server_credentials(pair, root_certificates=trusted, require_client_auth=True)
    position = grpc.server(futures.ThreadPoolExecutor(8))
    instance_pb2_grpc.add_InstanceServiceServicer_to_server(services.Instance(run), position)
    device_pb2_grpc.add_DeviceServiceServicer_to_server(services.Device(run), position)
    protocol_pb2_grpc.add_ProtocolServiceServicer_to_server(services.Protocol(run), position)
    acquisition_pb2_grpc.add_AcquisitionServiceServicer_to_server(services.Acquisition(run), position)
    statistics_pb2_grpc.add_StatisticsServiceServicer_to_server(Statistics(run), position)
    behind = position.add_secure_port("127.0.0.1:0", credentials)
    manager = grpc.server(futures.ThreadPoolExecutor(4))
    manager_pb2_grpc.add_ManagerServiceServicer_to_server(services.Manager(run, behind), manager)
    found = manager.add_secure_port(f"127.0.0.1:{port}", credentials)
    position.start()
    manager.start()
    return [position, manager], found
