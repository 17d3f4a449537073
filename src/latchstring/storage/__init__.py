"""PostgreSQL: the embedded server, transactions, migrations, batched and leased reads."""
