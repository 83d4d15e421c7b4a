"""How often readings are right that say they are so sure, counted from what people looked at."""
