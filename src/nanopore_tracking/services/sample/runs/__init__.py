"""Planned runs, their states, their sample sheets, and the saga that starts one."""
