"""The statistics of a played run, streamed as MinKNOW does: first all that is known, then what comes."""

import time
from collections.abc import Iterator
from typing import Any

import grpc
from minknow_api import statistics_pb2, statistics_pb2_grpc

from nanopore_tracking_agent.play.run import Run
from nanopore_tracking_agent.play.services import summary

_LOOK_S = 0.2


class Statistics(statistics_pb2_grpc.StatisticsServiceServicer):
    """Streams of one acquisition."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def stream_acquisition_output(self, request: Any, context: Any) -> Iterator[Any]:
        """Yield cumulative snapshots of the whole, or of each barcode."""
        self._mine(request, context)
        split = request.split.barcode_name
        parts = [(part, [part]) for part in self._run.course.parts] if split else [(("", "", 1.0), [])]
        for minutes in self._minutes(request, context):
            found = []
            for (name, alias, share), _ in parts:
                key = statistics_pb2.AcquisitionOutputKey(barcode_name=name, barcode_alias=alias)
                snapshots = [
                    statistics_pb2.AcquisitionOutputSnapshot(
                        seconds=minute * 60, yield_summary=summary(self._run.course.counts(minute, share))
                    )
                    for minute in minutes
                ]
                found.append(
                    statistics_pb2.StreamAcquisitionOutputResponse.FilteredSnapshots(
                        filtering=[key] if split else [], snapshots=snapshots
                    )
                )
            yield statistics_pb2.StreamAcquisitionOutputResponse(snapshots=found)

    def stream_duty_time(self, request: Any, context: Any) -> Iterator[Any]:
        """Yield the time in each channel state."""
        self._mine(request, context)
        for minutes in self._minutes(request, context):
            buckets = [minute for minute in minutes if minute > 0]
            answer = statistics_pb2.StreamDutyTimeResponse(
                bucket_ranges=[
                    statistics_pb2.StreamDutyTimeResponse.BucketRange(start=(minute - 1) * 60, end=minute * 60)
                    for minute in buckets
                ]
            )
            for minute in buckets:
                for state, samples in self._run.course.states(minute).items():
                    answer.channel_states[state].state_times.append(samples)
            yield answer

    def stream_read_length_histogram(self, request: Any, context: Any) -> Iterator[Any]:
        """Yield the bases by read length, once."""
        self._mine(request, context)
        found = self._run.course.lengths(self._run.told_minute)
        kind = statistics_pb2.StreamReadLengthHistogramResponse
        yield kind(
            read_length_type=request.read_length_type,
            bucket_value_type=request.bucket_value_type,
            bucket_ranges=[kind.BucketRange(start=start, end=end) for start, end, _ in found],
            histogram_data=[kind.ReadLengthHistogramData(bucket_values=[bases for _, _, bases in found], n50=4100.0)],
        )

    def stream_q_score_histogram(self, request: Any, context: Any) -> Iterator[Any]:
        """Yield the bases by quality, once."""
        self._mine(request, context)
        found = self._run.course.qualities(self._run.told_minute)
        kind = statistics_pb2.StreamQScoreHistogramResponse
        yield kind(
            bucket_value_type=request.bucket_value_type,
            bucket_ranges=[kind.BucketRange(start=start, end=end) for start, end, _ in found],
            histogram_data=[kind.QScoreHistogramData(bucket_values=[bases for _, _, bases in found])],
        )

    def _mine(self, request: Any, context: Any) -> None:
        if request.acquisition_run_id != self._run.acquisition_run_id:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "There is no such acquisition.")

    def _minutes(self, request: Any, context: Any) -> Iterator[list[int]]:
        """Yield minutes of the selection: all that are there, then each that comes, until the run or it ends."""
        last = -(-request.data_selection.end // 60) if request.data_selection.end else self._run.course.minutes
        start = request.data_selection.start // 60
        told = start - 1
        while True:
            until = min(self._run.told_minute, last)
            if until > told or told < start:
                yield list(range(told + 1, until + 1))
                told = max(until, start)
            if told >= last or self._run.over or not context.is_active():
                return
            time.sleep(_LOOK_S)
