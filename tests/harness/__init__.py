"""What tests stand on: real engines, fresh databases, and the whole product in one process."""
