"""Probes: actions on the engine that gather facts. They judge nothing."""
