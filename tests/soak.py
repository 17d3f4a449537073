"""Whether the full counts are wanted (`make soak`): more of the same, for longer than one waits for a suite."""

import os

SOAKING = bool(os.environ.get("LATCHSTRING_SOAK"))
