"""Work that must not hold up an answer: the outbox, and what a worker does about it."""
