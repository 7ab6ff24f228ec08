"""The logbook: the record of every image that was built."""
