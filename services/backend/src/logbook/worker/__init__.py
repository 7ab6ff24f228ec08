"""The worker: does what must not hold up an answer. It only says that it is alive yet."""
