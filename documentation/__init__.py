"""The documentation as a site: its pages are put together here, and mkdocs builds them (`make docs`)."""
