"""What a process tells about itself: metrics, log lines, traces."""
