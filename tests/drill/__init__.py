"""`make drill`: a backup, restored as docs/operations.md says, and looked at through the eyes of everyone."""
