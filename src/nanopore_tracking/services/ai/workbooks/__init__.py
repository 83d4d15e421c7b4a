"""Tables in XLSX workbooks."""
