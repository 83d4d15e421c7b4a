"""The groups of a bulk job, which replicas share."""
