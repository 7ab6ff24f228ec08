"""Floor 2: the composed stack: preflight, up, down, status."""
