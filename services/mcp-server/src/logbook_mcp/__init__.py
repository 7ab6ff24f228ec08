"""The logbook's MCP server: read-only tools over the backend's HTTP API."""
