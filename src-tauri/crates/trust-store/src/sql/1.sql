-- What this office vouches for, as steps. Rows are added at the end and never change.
CREATE TABLE trust_step (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    body TEXT NOT NULL
) STRICT;

CREATE TRIGGER trust_step_stays BEFORE UPDATE ON trust_step
BEGIN SELECT RAISE(ABORT, 'the trust store only grows'); END;

CREATE TRIGGER trust_step_remains BEFORE DELETE ON trust_step
BEGIN SELECT RAISE(ABORT, 'the trust store only grows'); END;

-- INSERT OR REPLACE would remove a row without asking the trigger above; here it is refused before it can.
CREATE TRIGGER trust_step_grows_at_its_end BEFORE INSERT ON trust_step
BEGIN
    SELECT RAISE(ABORT, 'the trust store grows at its end')
    WHERE NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM trust_step);
END;

-- Verdicts that were reached, each with what was known then and its whole report.
CREATE TABLE trust_conclusion (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    bundle_id TEXT NOT NULL,
    body TEXT NOT NULL,
    report BLOB NOT NULL
) STRICT;

CREATE INDEX trust_conclusion_by_bundle ON trust_conclusion (bundle_id, number);

CREATE TRIGGER trust_conclusion_stays BEFORE UPDATE ON trust_conclusion
BEGIN SELECT RAISE(ABORT, 'the history of verdicts only grows'); END;

CREATE TRIGGER trust_conclusion_remains BEFORE DELETE ON trust_conclusion
BEGIN SELECT RAISE(ABORT, 'the history of verdicts only grows'); END;

CREATE TRIGGER trust_conclusion_grows_at_its_end BEFORE INSERT ON trust_conclusion
BEGIN
    SELECT RAISE(ABORT, 'the history of verdicts grows at its end')
    WHERE NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM trust_conclusion);
END;
