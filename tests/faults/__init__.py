"""What happens when engines and services die: real processes, killed at random."""
