"""What a sequencing will give if nothing is done, from its course and from how such forecasts did here before."""
