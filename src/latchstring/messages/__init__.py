"""Telling partners and people what happened: webhooks and mail, both derived from the audit log."""
