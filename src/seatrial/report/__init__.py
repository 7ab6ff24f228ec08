"""Floor 2: what people and tools read. Reads the model only."""
