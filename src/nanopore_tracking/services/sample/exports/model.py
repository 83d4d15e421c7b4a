"""Which columns an export has; units stand in their names."""

#: The columns of a file in their order, as `queries.sql` reads them.
COLUMNS = (
    "code", "name", "alias", "kind", "material", "organism", "lab", "project", "submission", "row_number",
    "service_type", "container_barcode", "stage", "status", "exit", "status_reason", "priority", "assignee",
    "volume_ul", "qubit_ng_per_ul", "a260_a280", "a260_a230", "fragment_bp", "measured", "out_of_range",
    "submitted_volume_ul", "submitted_qubit_ng_per_ul", "submitted_nanodrop_ng_per_ul", "submitted_a260_a280",
    "submitted_a260_a230", "submitted_fragment_bp", "submitted_buffer", "submitted_comment", "comment", "location",
    "stage_entered_at", "created_at", "updated_at",
)  # fmt: skip
#: Rows that are read at once.
PAGE = 1000
