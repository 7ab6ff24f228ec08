"""The logbook's MCP server: two read-only tools over the backend's HTTP API."""
