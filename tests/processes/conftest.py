"""Fixtures of the tests that start real server processes."""

from tests.processes.servers import live, shared

__all__ = ["live", "shared"]
