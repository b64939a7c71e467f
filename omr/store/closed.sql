-- Closed units, and what keeps them from being changed: whatever is written notes here whose it is, and no
-- transaction that touched a closed unit is committed (omr/store/closings.py).

-- Who signed a unit off for a year, and who opened it again; the newest of a unit and year holds.
-- open_ends: what was open all the same; digest: of the tables as they were signed.
CREATE TABLE closing (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit <> ''),
    year TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('close', 'reopen')),
    who TEXT NOT NULL CHECK (who <> ''),
    reason TEXT NOT NULL,
    open_ends TEXT NOT NULL,
    digest TEXT NOT NULL,
    link TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER closing_stays BEFORE UPDATE ON closing
BEGIN SELECT RAISE(ABORT, 'closings are appended, never changed'); END;
CREATE TRIGGER closing_is_kept BEFORE DELETE ON closing
BEGIN SELECT RAISE(ABORT, 'closings are appended, never removed'); END;

-- Whose a scan is: with its sheet where that was issued, else of its folder. A refused scan that names no
-- sheet is of its batch's year.
CREATE VIEW place AS
SELECT scan.id AS scan,
    coalesce(nullif(issued.unit, ''), scan.unit) AS unit,
    coalesce(reading.year, issued.year, batch.year,
        (SELECT max(r.year) FROM reading r JOIN scan s ON s.id = r.scan WHERE s.batch = scan.batch),
        (SELECT max(year) FROM reading), (SELECT max(year) FROM issued), 0) AS year
FROM scan JOIN batch ON batch.id = scan.batch
LEFT JOIN reading ON reading.scan = scan.id
LEFT JOIN rejection ON rejection.scan = scan.id
LEFT JOIN issued ON issued.serial = coalesce(reading.sheet, nullif(rejection.sheet, ''));

-- What the running transaction wrote to; empty between transactions.
CREATE TABLE touched (
    unit TEXT NOT NULL,
    year INTEGER NOT NULL,
    PRIMARY KEY (unit, year)
) STRICT;

CREATE TRIGGER reading_touches AFTER INSERT ON reading
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place WHERE scan = NEW.scan; END;
CREATE TRIGGER reading_anew_touches AFTER UPDATE ON reading
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place WHERE scan = NEW.scan; END;
CREATE TRIGGER rejection_touches AFTER INSERT ON rejection
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place WHERE scan = NEW.scan; END;
CREATE TRIGGER rejection_gone_touches BEFORE DELETE ON rejection
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place WHERE scan = OLD.scan; END;
CREATE TRIGGER scan_touches AFTER UPDATE OF live, unit ON scan
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place WHERE scan = NEW.id; END;
CREATE TRIGGER settled_touches AFTER INSERT ON settled
BEGIN INSERT OR IGNORE INTO touched SELECT place.unit, place.year FROM place JOIN scan ON scan.id = place.scan
    WHERE scan.live = 1 AND scan.sha256 || '/' || scan.frame || '/' || scan.part = NEW.scan
    AND scan.sha256 = substr(NEW.scan, 1, 64); END;
CREATE TRIGGER issued_touches AFTER INSERT ON issued
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.unit, NEW.year); END;
CREATE TRIGGER issued_anew_touches AFTER UPDATE ON issued
BEGIN INSERT OR IGNORE INTO touched VALUES (OLD.unit, OLD.year), (NEW.unit, NEW.year); END;
CREATE TRIGGER member_touches AFTER INSERT ON member
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.unit, NEW.year); END;
CREATE TRIGGER member_gone_touches AFTER DELETE ON member
BEGIN INSERT OR IGNORE INTO touched VALUES (OLD.unit, OLD.year); END;

-- A sheet is its unit's whether anything of it came back or not; SERIAL~2 is a photocopy of SERIAL.
CREATE VIEW place_of_sheet AS
SELECT serial, unit, year FROM issued WHERE unit <> ''
UNION SELECT reading.sheet, place.unit, place.year FROM reading
    JOIN place ON place.scan = reading.scan JOIN scan ON scan.id = reading.scan AND scan.live = 1;
CREATE TRIGGER verdict_touches AFTER INSERT ON verdict
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place_of_sheet
    WHERE serial = substr(NEW.sheet, 1, instr(NEW.sheet || '~', '~') - 1); END;
CREATE TRIGGER written_touches AFTER INSERT ON written
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place_of_sheet
    WHERE serial = substr(NEW.sheet, 1, instr(NEW.sheet || '~', '~') - 1); END;
