"""The fields of a submission form, with what each of them holds."""
