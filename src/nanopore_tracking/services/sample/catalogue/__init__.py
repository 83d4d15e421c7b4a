"""Own copies of the config service's catalogues: kits, flow cells, thresholds, services."""
