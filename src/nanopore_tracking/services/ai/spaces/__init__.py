"""Where a line of words is divided into segments: texts that stand together."""
