"""The API: HTTP in, the database behind."""
