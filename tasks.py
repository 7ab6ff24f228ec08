"""The verbs of this repository: `invoke --list` shows them."""
