"""The explorer in a browser, used as a person would use it: `make test-browser`."""
