"""All SQL of `accounts/`, one file for each group of tables."""
