"""Floor 0: what the floors above speak of. Frozen data, no I/O."""
