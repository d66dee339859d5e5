"""Test data of other projects, put to the service."""
