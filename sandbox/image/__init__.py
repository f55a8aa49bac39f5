"""What runs inside a slot or beside it as the judge. Needs torch; knows nothing of the service."""
