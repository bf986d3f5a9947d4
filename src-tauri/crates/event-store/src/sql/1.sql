-- Events at rest. What a bundle's rows are made of is written once and removed only with the whole bundle.
CREATE TABLE stored_bundle (
    number INTEGER PRIMARY KEY,
    bundle_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('coming', 'here', 'leaving')),
    -- Goes up with everything that changes what can be seen of the bundle.
    revision INTEGER NOT NULL,
    facts TEXT NOT NULL,
    handover TEXT NOT NULL,
    report TEXT,
    standing TEXT NOT NULL,
    numbered INTEGER NOT NULL CHECK (numbered IN (0, 1))
) STRICT;

-- A bundle that is being removed may be imported again meanwhile.
CREATE UNIQUE INDEX stored_bundle_by_id ON stored_bundle (bundle_id) WHERE state <> 'leaving';

-- One file of a bundle, by its index.
CREATE TABLE stored_file (
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    file INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (bundle, file)
) STRICT, WITHOUT ROWID;

-- The untouched bytes of the files, compressed, in pieces.
CREATE TABLE stored_piece (
    id INTEGER PRIMARY KEY,
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    file INTEGER NOT NULL,
    first_byte INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX stored_piece_by_place ON stored_piece (bundle, file, first_byte, bytes);

-- Some rows of one run in one order, as columns. `scan` holds what questions are answered from, `rest` what else a row
-- shows.
CREATE TABLE stored_chunk (
    id INTEGER PRIMARY KEY,
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    run INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key_min INTEGER NOT NULL,
    key_max INTEGER NOT NULL,
    time_min INTEGER NOT NULL,
    time_max INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    scan BLOB NOT NULL,
    rest BLOB
) STRICT;

-- Covers everything but the columns themselves: finding the right chunks never touches their pages.
CREATE INDEX stored_chunk_by_key
    ON stored_chunk (bundle, kind, key_min, key_max, time_min, time_max, row_count, run);

-- A run that is complete, and so can be seen, with its counts by day, system and action.
CREATE TABLE stored_run (
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    run INTEGER NOT NULL,
    days BLOB NOT NULL,
    PRIMARY KEY (bundle, run)
) STRICT, WITHOUT ROWID;

-- The texts that codes stand for; every run adds those it met first.
CREATE TABLE stored_words (
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    field INTEGER NOT NULL,
    first_code INTEGER NOT NULL,
    words BLOB NOT NULL,
    PRIMARY KEY (bundle, field, first_code)
) STRICT, WITHOUT ROWID;

-- Exact counts per patient and per user, made when the last run is in.
CREATE TABLE stored_people (
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    kind INTEGER NOT NULL,
    first_code INTEGER NOT NULL,
    people BLOB NOT NULL,
    PRIMARY KEY (bundle, kind, first_code)
) STRICT, WITHOUT ROWID;
