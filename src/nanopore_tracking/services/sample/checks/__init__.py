"""The rules that sample rows are checked by."""
