"""The protocol's endpoints for machines: token, revoke, introspect, metadata."""
