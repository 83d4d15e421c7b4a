"""Bulk: one change of many samples as a durable job, with what would become of each and one undo."""
