"""Other projects' own test data, put to the service."""
