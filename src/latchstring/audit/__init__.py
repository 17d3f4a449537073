"""What happened: entries that nobody can change afterwards."""
