"""Floor 2: tells a logbook, where one is configured, of builds, trials, SBOMs and deployments."""
