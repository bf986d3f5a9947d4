-- What the vault knows about itself and its people. Everything here only grows.
CREATE TABLE vault_fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE applied_migration (
    room TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    sql_sha256 BLOB NOT NULL CHECK (length(sql_sha256) = 32),
    PRIMARY KEY (room, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    user_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE TABLE person_key (
    number INTEGER PRIMARY KEY,
    public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
    user_id TEXT NOT NULL REFERENCES person (user_id),
    since TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('created', 'recovered'))
) STRICT;

CREATE TRIGGER vault_fact_stays BEFORE UPDATE ON vault_fact
BEGIN SELECT RAISE(ABORT, 'facts of the vault stay'); END;
CREATE TRIGGER vault_fact_remains BEFORE DELETE ON vault_fact
BEGIN SELECT RAISE(ABORT, 'facts of the vault stay'); END;
CREATE TRIGGER person_key_stays BEFORE UPDATE ON person_key
BEGIN SELECT RAISE(ABORT, 'public keys stay'); END;
CREATE TRIGGER person_key_remains BEFORE DELETE ON person_key
BEGIN SELECT RAISE(ABORT, 'public keys stay'); END;
CREATE TRIGGER applied_migration_stays BEFORE UPDATE ON applied_migration
BEGIN SELECT RAISE(ABORT, 'applied migrations stay'); END;
CREATE TRIGGER applied_migration_remains BEFORE DELETE ON applied_migration
BEGIN SELECT RAISE(ABORT, 'applied migrations stay'); END;
