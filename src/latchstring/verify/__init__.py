"""`latchstring verify`: plays a partner's integration against any site with this wire contract, and reports.

It is a plain OAuth client and knows nothing of the platform: what it may use is HTTP, the standard library, and a
clock and chance.
"""
