"""Django's PostgreSQL backend, with a limit to how long it waits. Named as ENGINE in the settings."""
