-- Two bundles that were held against each other; there is a row for each way. Can be found out again at any time.
CREATE TABLE stored_comparison (
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    other INTEGER NOT NULL REFERENCES stored_bundle (number),
    -- Records of the bundle that the other one holds byte for byte, and those that it holds with other bytes.
    same INTEGER NOT NULL,
    differing INTEGER NOT NULL,
    PRIMARY KEY (bundle, other)
) STRICT, WITHOUT ROWID;

CREATE INDEX stored_comparison_by_other ON stored_comparison (other);

-- Which records those are: stretches of places in the bundle and in the other one, as columns.
CREATE TABLE stored_stretch (
    bundle INTEGER NOT NULL REFERENCES stored_bundle (number),
    other INTEGER NOT NULL REFERENCES stored_bundle (number),
    part INTEGER NOT NULL,
    stretches BLOB NOT NULL,
    PRIMARY KEY (bundle, other, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX stored_stretch_by_other ON stored_stretch (other);
