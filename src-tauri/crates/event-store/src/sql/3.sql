-- What the import noted of how a file came, as text of its own making. Packed segments as they came have none.
CREATE TABLE stored_note (
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    file INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (bundle, file)
) STRICT, WITHOUT ROWID;
