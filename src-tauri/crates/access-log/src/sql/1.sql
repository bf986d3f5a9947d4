-- The access log: who looked at what, when and why. Rows are added at the end and never change.
CREATE TABLE access_log (
    seq INTEGER PRIMARY KEY CHECK (seq >= 1),
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    body TEXT NOT NULL,
    body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    actor_key BLOB NOT NULL CHECK (length(actor_key) = 32),
    sig BLOB NOT NULL CHECK (length(sig) = 64)
) STRICT;

-- Whether a key has signed here before is asked at every entry.
CREATE INDEX access_log_by_key ON access_log (actor_key, seq);

CREATE TRIGGER access_log_stays BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;

CREATE TRIGGER access_log_remains BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;

-- INSERT OR REPLACE would remove a row without asking the trigger above; here it is refused before it can.
CREATE TRIGGER access_log_grows_at_its_end BEFORE INSERT ON access_log
BEGIN
    SELECT RAISE(ABORT, 'the access log grows at its end')
    WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM access_log);
    SELECT RAISE(ABORT, 'an entry names the one before it')
    WHERE NEW.seq > 1 AND NEW.prev_hash IS NOT (SELECT hash FROM access_log WHERE seq = NEW.seq - 1);
END;
