"""The services of MinKNOW that the agent asks, made of the stubs of the official package; a run is all they know."""

from typing import Any

import grpc
from minknow_api import (
    acquisition_pb2,
    acquisition_pb2_grpc,
    device_pb2,
    device_pb2_grpc,
    instance_pb2,
    instance_pb2_grpc,
    manager_pb2,
    manager_pb2_grpc,
    protocol_pb2,
    protocol_pb2_grpc,
)

from nanopore_tracking_agent.play.run import Run


def version(run: Run) -> Any:
    """Return the version that is played."""
    major, minor, patch = (int(part) for part in run.plan.core_version.split("."))
    known = instance_pb2.GetVersionInfoResponse.MinknowVersion(
        major=major, minor=minor, patch=patch, full=run.plan.core_version
    )
    return instance_pb2.GetVersionInfoResponse(minknow=known)


class Manager(manager_pb2_grpc.ManagerServiceServicer):
    """Lists the one position."""

    def __init__(self, run: Run, port: int) -> None:
        self._run, self._port = run, port

    def get_version_info(self, _request: Any, _context: Any) -> Any:
        """Answer."""
        return version(self._run)

    def flow_cell_positions(self, _request: Any, _context: Any) -> Any:
        """Answer."""
        position = manager_pb2.FlowCellPosition(
            name=self._run.plan.position,
            state=manager_pb2.FlowCellPosition.STATE_RUNNING,
            rpc_ports=manager_pb2.FlowCellPosition.RpcPorts(secure=self._port),
            is_simulated=True,
        )
        yield manager_pb2.FlowCellPositionsResponse(total_count=1, positions=[position])


class Instance(instance_pb2_grpc.InstanceServiceServicer):
    """Says its version, which the official client asks of every position."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def get_version_info(self, _request: Any, _context: Any) -> Any:
        """Answer."""
        return version(self._run)


class Device(device_pb2_grpc.DeviceServiceServicer):
    """Says which flow cell lies in it."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def get_flow_cell_info(self, _request: Any, _context: Any) -> Any:
        """Answer."""
        return flow_cell(self._run)


def flow_cell(run: Run) -> Any:
    """Return what is said of the flow cell."""
    plan = run.plan
    return device_pb2.GetFlowCellInfoResponse(
        has_flow_cell=True,
        channel_count=plan.channels,
        wells_per_channel=plan.wells,
        flow_cell_id=plan.flow_cell_id,
        product_code=plan.product_code,
    )


class Protocol(protocol_pb2_grpc.ProtocolServiceServicer):
    """Lists the one protocol run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def list_protocol_runs(self, _request: Any, _context: Any) -> Any:
        """Answer."""
        return protocol_pb2.ListProtocolRunsResponse(run_ids=[self._run.protocol_run_id], total_count=1)

    def get_run_info(self, request: Any, context: Any) -> Any:
        """Answer; NOT_FOUND for another run."""
        if request.run_id not in ("", self._run.protocol_run_id):
            context.abort(grpc.StatusCode.NOT_FOUND, "There is no such run.")
        return self._info()

    def get_current_protocol_run(self, _request: Any, context: Any) -> Any:
        """Answer; FAILED_PRECONDITION when nothing runs."""
        if self._run.over:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "No protocol is running.")
        return self._info()

    def _info(self) -> Any:
        run, plan = self._run, self._run.plan
        user = protocol_pb2.ProtocolRunUserInfo(
            barcode_user_info=[
                protocol_pb2.BarcodeUserData(barcode_name=name, alias=alias) for name, alias, _ in plan.barcodes
            ],
            kit_info=protocol_pb2.KitInfo(sequencing_kit=plan.kit),
        )
        user.protocol_group_id.value = plan.experiment_id
        user.sample_id.value = plan.sample_id
        info = protocol_pb2.ProtocolRunInfo(
            run_id=run.protocol_run_id,
            protocol_id=f"sequencing/sequencing_played:{plan.product_code}:{plan.kit}:400",
            output_path=f"/data/{plan.experiment_id}/{plan.sample_id}/{plan.position}_{run.protocol_run_id[:8]}",
            state=protocol_pb2.PROTOCOL_COMPLETED if run.over else protocol_pb2.PROTOCOL_RUNNING,
            phase=protocol_pb2.PHASE_COMPLETED if run.over else protocol_pb2.PHASE_SEQUENCING,
            acquisition_run_ids=[run.acquisition_run_id],
            user_info=user,
            flow_cell=flow_cell(run),
        )
        info.start_time.FromMilliseconds(int(run.started * 1000))
        if run.over:
            info.end_time.FromMilliseconds(int(run.ended * 1000))
        return info


class Acquisition(acquisition_pb2_grpc.AcquisitionServiceServicer):
    """Says how far the acquisition is."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def get_acquisition_info(self, request: Any, context: Any) -> Any:
        """Answer; NOT_FOUND for another acquisition."""
        run = self._run
        if request.run_id not in ("", run.acquisition_run_id):
            context.abort(grpc.StatusCode.NOT_FOUND, "There is no such acquisition.")
        info = acquisition_pb2.AcquisitionRunInfo(
            run_id=run.acquisition_run_id,
            state=acquisition_pb2.ACQUISITION_COMPLETED if run.over else acquisition_pb2.ACQUISITION_RUNNING,
            yield_summary=summary(run.course.counts(run.told_minute)),
            config_summary=acquisition_pb2.AcquisitionConfigSummary(
                purpose=acquisition_pb2.SEQUENCING,
                basecalling_enabled=True,
                basecalling_config_filename="dna_r10.4.1_e8.2_400bps_5khz_hac.cfg",
            ),
        )
        info.start_time.FromMilliseconds(int(run.started * 1000))
        for minute, pores in run.course.scans(run.told_minute):
            scan = info.bream_info.mux_scan_results.add(mux_scan_timestamp=int(run.started) + minute * 60)
            scan.counts["single_pore"] = pores
        if run.over:
            info.end_time.FromMilliseconds(int(run.ended * 1000))
            info.stop_reason = acquisition_pb2.STOPPED_PROTOCOL_ENDED
        return info


def summary(counts: tuple[int, int, int, int]) -> Any:
    """Return what is said of reads and bases."""
    passed, failed, pass_bases, fail_bases = counts
    return acquisition_pb2.AcquisitionYieldSummary(
        read_count=passed + failed,
        basecalled_pass_read_count=passed,
        basecalled_fail_read_count=failed,
        basecalled_pass_bases=pass_bases,
        basecalled_fail_bases=fail_bases,
    )
