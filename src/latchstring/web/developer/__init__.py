"""The Developer Platform: where partners build apps and their OAuth clients in the browser."""
