"""Organization Settings: what a customer's administrator sees and ends."""
