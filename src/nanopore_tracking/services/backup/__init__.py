"""The backup service: daily and manual dumps of the five databases, checked against their checksums."""
