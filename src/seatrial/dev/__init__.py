"""Floor 2: the project's services on the host, for the one who changes them."""
