-- What a check of a bundle had come to when it was stopped: there only if all parts are. Can be found out again at any
-- time, and goes with the next check that ends.
CREATE TABLE stored_interim (
    bundle INTEGER PRIMARY KEY REFERENCES stored_bundle (number),
    at TEXT NOT NULL
) STRICT;

CREATE TABLE stored_interim_part (
    id INTEGER PRIMARY KEY,
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    part INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX stored_interim_part_by_place ON stored_interim_part (bundle, part);
