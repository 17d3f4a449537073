"""Tiles: what an organization installs, connects, watches, limits and removes."""
