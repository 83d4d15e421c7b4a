"""Tests about the code: each rule holds for the repository and fires on a deliberate violation."""
