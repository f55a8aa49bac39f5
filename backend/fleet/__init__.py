"""The executors of a service on Postgres: who they are, what they do, and by which role."""
