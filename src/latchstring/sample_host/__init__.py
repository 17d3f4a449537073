"""A small observability API behind the enforcement: what the demo, the tests and sandboxes talk to.

It never authorizes: it answers calls that were allowed, and keeps what it is sent by organization.
"""

from pathlib import Path

from latchstring.sample_host.application import SampleHost

#: The migrations of the tables it keeps, for `storage.migrations.migrate`.
SCHEMA_FOLDER = Path(__file__).parent / "schema"

__all__ = ["SCHEMA_FOLDER", "SampleHost"]
