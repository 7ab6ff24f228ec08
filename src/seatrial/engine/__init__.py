"""Floor 1: the engine. Nothing else imports python_on_whales or starts a process on the engine."""
