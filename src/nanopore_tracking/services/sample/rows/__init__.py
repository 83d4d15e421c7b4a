"""Sample rows of submissions: as submitted, as corrected, with their problems."""
