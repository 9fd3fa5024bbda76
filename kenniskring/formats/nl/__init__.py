"""Dutch as Flemish administrations write it."""
