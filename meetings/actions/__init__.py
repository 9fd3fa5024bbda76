"""Verbs that change rows, a file per part of the work."""
