"""Clients generated from openapi.yaml ask the service: `make test-generated`."""
