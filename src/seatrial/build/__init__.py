"""Floor 2: plan (pure), run, events, verdict."""
