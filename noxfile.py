"""The gates: `nox -l` shows them."""
