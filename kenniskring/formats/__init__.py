"""How each language writes dates, hours and numbers; names of our own among Django's work in ``date`` too."""
