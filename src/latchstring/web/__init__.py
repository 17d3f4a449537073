"""The doors, by audience: machines, people, partners, customers."""
