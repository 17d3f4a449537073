"""From a tested client to a published one: submissions, their checks and decisions, revisions, and the tile."""
