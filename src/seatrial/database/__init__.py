"""Floor 1: the Postgres on the host. Finds one, or runs the embedded one."""
