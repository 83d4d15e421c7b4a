"""The audit service: everything that happened, once, in order, for ever."""
