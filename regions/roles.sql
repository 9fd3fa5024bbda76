-- The roles, and what they may. Run by a superuser in a new, empty database, before the first migration; running
-- it again is harmless. Give those that log in a password afterwards: ALTER ROLE kenniskring_app PASSWORD '…'.
DO $$
BEGIN
    -- only migrates
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kenniskring_owner') THEN
        CREATE ROLE kenniskring_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    -- web, worker, beat and tests: owns nothing
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kenniskring_app') THEN
        CREATE ROLE kenniskring_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    -- owns the functions that the policies call; nobody logs in as this
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kenniskring_wall') THEN
        CREATE ROLE kenniskring_wall NOLOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    -- makes dumps: reads every row and writes none; the owner of the tables would get an error, by FORCE ROW LEVEL SECURITY
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kenniskring_backup') THEN
        CREATE ROLE kenniskring_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
END $$;
GRANT kenniskring_wall TO kenniskring_owner WITH SET TRUE, INHERIT FALSE;
GRANT pg_read_all_data TO kenniskring_backup;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
DO $$
BEGIN
    -- Nobody but the owner makes tables here, temporary ones included: they would come first in a search_path.
    EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
GRANT USAGE, CREATE ON SCHEMA public TO kenniskring_owner;
GRANT USAGE ON SCHEMA public TO kenniskring_app, kenniskring_wall;
CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION kenniskring_wall;
GRANT USAGE ON SCHEMA app TO kenniskring_app, kenniskring_owner;

ALTER DEFAULT PRIVILEGES FOR ROLE kenniskring_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kenniskring_app;
-- No right to sequences: identity columns need none, and a sequence tells how many rows another circle has.
