"""Pictures of the pages, to look at: `make shots`."""
