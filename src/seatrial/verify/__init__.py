"""Floor 2: probes gather, checks judge."""
