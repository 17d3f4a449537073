"""The contract: the host's OpenAPI description, read into scopes, operations and a matcher."""
