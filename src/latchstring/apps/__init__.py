"""Apps and their OAuth clients: what a partner builds, tests and hands in as a manifest."""
