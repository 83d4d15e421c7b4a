"""Resolutions: findings are accepted one by one, with a reason."""
