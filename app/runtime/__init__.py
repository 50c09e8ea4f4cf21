"""What runs the service on one machine: the embedded PostgreSQL, the supervisor of our processes, the commands."""
