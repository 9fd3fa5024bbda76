"""Text into clean values, a file per part of the work."""
