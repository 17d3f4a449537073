"""Pages of the review as typed values."""

from __future__ import annotations

from typing import Final

from latchstring.web.pages.page import Page
from latchstring.web.pages.review.queue import ReviewedTiles, ReviewQueue
from latchstring.web.pages.review.requests import ReviewedTile, ReviewRequests
from latchstring.web.pages.review.submission import ReviewSubmission

REVIEW_PAGES: Final[tuple[type[Page], ...]] = (
    ReviewQueue,
    ReviewSubmission,
    ReviewRequests,
    ReviewedTiles,
    ReviewedTile,
)
