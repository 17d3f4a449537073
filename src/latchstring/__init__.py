"""Latchstring: a self-hosted OAuth platform for integrations."""
