"""Many libraries at once: set to another state, and measured by a grid."""
