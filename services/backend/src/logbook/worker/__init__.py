"""The worker: does what must not hold up an answer."""
