"""Organizations, people, roles and permissions, sign-in, browser sessions and platform credentials."""
