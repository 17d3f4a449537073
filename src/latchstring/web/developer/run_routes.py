"""The rows of recorded runs and rehearsals."""

from latchstring.web.developer import rehearsal, runs
from latchstring.web.routing import Route

ROUTES: tuple[Route, ...] = (*runs.ROUTES, *rehearsal.ROUTES)
