"""The handover of a delivery: a saga from the frozen manifest to delivered samples and a customer who knows."""
