"""`make demo`: the whole portal on one machine, with fictitious people, for whoever wants to look around."""
