"""Writes of this app: loading the reference data."""
