"""Labs, the tenants of the facility."""
