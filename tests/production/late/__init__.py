"""An app with one migration that needs a table in use, for test_migrate.py."""
