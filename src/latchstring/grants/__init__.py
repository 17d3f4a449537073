"""Authorizations: what consent creates. Codes and tokens are computed from them."""
