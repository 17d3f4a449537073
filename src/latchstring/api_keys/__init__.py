"""API keys, minted for an organization through an integration."""
