"""Both processes in one container: the API and the worker, under a small supervisor."""
