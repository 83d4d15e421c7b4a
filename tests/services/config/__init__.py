"""Tests of the config service."""
