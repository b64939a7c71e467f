-- Everything omr knows. Nothing is deleted: a voided batch stops counting, a verdict is added to the reading.

-- Organisations in a tree; parent is '' at the top.
CREATE TABLE units (
    code TEXT PRIMARY KEY CHECK (code <> ''),
    name TEXT NOT NULL,
    parent TEXT NOT NULL DEFAULT ''
) STRICT;

-- Every geometry that was printed or read, as omr.forms.frozen writes it.
CREATE TABLE layouts (
    digest TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    year INTEGER NOT NULL,
    frozen TEXT NOT NULL
) STRICT;

-- Sheets that were printed. unit is NULL where none was named.
CREATE TABLE issued (
    serial TEXT PRIMARY KEY,
    digest TEXT NOT NULL REFERENCES layouts,
    layout TEXT NOT NULL,
    version TEXT NOT NULL,
    year INTEGER NOT NULL,
    unit TEXT REFERENCES units,
    pages INTEGER NOT NULL CHECK (pages >= 1),
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    master INTEGER NOT NULL CHECK (master IN (0, 1)),
    replaced_by TEXT REFERENCES issued CHECK (replaced_by <> serial),
    at TEXT NOT NULL
) STRICT;
CREATE INDEX issued_by_unit ON issued (unit, layout, year);
CREATE INDEX issued_by_person ON issued (person) WHERE person <> '';

-- Files by their content. The order of the ids is the order in which the files were taken in.
-- path: relative to the store's folder where the file lies below it.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    frames INTEGER NOT NULL CHECK (frames >= 1)
) STRICT;

-- What one `read` took in. finished is NULL where it was stopped.
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    finished TEXT,
    year INTEGER,
    paths TEXT NOT NULL
) STRICT;

CREATE TABLE voids (
    batch INTEGER PRIMARY KEY REFERENCES batches,
    at TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> '')
) STRICT;

-- One image each. unit: what the command or the folder said. counts: 0 once its batch is voided.
CREATE TABLE scans (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    frame INTEGER NOT NULL CHECK (frame >= 1),
    part INTEGER NOT NULL CHECK (part >= 0),
    batch INTEGER NOT NULL REFERENCES batches,
    unit TEXT NOT NULL,
    counts INTEGER NOT NULL DEFAULT 1 CHECK (counts IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX scans_once ON scans (source, frame, part) WHERE counts = 1;
CREATE INDEX scans_by_batch ON scans (batch);

-- Pages that were read: what is asked by. signed is NULL where the page has no signature area.
CREATE TABLE readings (
    scan INTEGER PRIMARY KEY REFERENCES scans,
    digest TEXT NOT NULL REFERENCES layouts,
    year INTEGER NOT NULL,
    serial TEXT NOT NULL,
    page INTEGER NOT NULL CHECK (page BETWEEN 1 AND pages),
    pages INTEGER NOT NULL,
    signed INTEGER CHECK (signed IN (0, 1)),
    paper REAL NOT NULL,
    contrast REAL NOT NULL,
    hits INTEGER NOT NULL,
    residual_mm REAL NOT NULL,
    reviews INTEGER NOT NULL,
    reader TEXT NOT NULL
) STRICT;
CREATE INDEX readings_by_serial ON readings (serial);

-- Pages that were read: what was seen (omr.store.rows). Apart, so that asking does not wade through it.
CREATE TABLE evidence (
    scan INTEGER PRIMARY KEY REFERENCES readings,
    marks BLOB NOT NULL,
    answers BLOB NOT NULL,
    registration BLOB NOT NULL,
    measurements BLOB NOT NULL,
    ink BLOB NOT NULL
) STRICT;

-- What classifying again replaced; the newest is in evidence.
CREATE TABLE reclassified (
    scan INTEGER NOT NULL REFERENCES readings,
    reader TEXT NOT NULL,
    at TEXT NOT NULL,
    marks BLOB NOT NULL,
    answers BLOB NOT NULL
) STRICT;

-- Scans that were refused. serial and page are what the page code said, where it could be read.
CREATE TABLE rejections (
    scan INTEGER PRIMARY KEY REFERENCES scans,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    digest TEXT,
    year INTEGER,
    serial TEXT,
    page INTEGER,
    CHECK ((serial IS NULL) = (page IS NULL))
) STRICT;
CREATE INDEX rejections_by_serial ON rejections (serial) WHERE serial IS NOT NULL;

-- Serials whose scans or verdicts changed since their sheets were gathered.
CREATE TABLE stale (serial TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Which returned sheet a scan belongs to. Rows of voided scans stay: a number once given is not given again.
-- counts: 1 for the scan whose answers hold, 0 for a duplicate or an earlier return.
CREATE TABLE gathered (
    scan INTEGER PRIMARY KEY REFERENCES scans,
    serial TEXT NOT NULL,
    copy INTEGER NOT NULL CHECK (copy >= 1),
    counts INTEGER NOT NULL CHECK (counts IN (0, 1))
) STRICT;
CREATE INDEX gathered_by_sheet ON gathered (serial, copy);

-- What people handed in: the sheet with that serial, and photocopies of it (copy 2, 3, …).
-- missing: page numbers that did not come. duplicates: times it came again.
-- answers: digest of the answers that hold. rules: digest of the rule file that scored it, '' where none did.
CREATE TABLE returned (
    sheet TEXT PRIMARY KEY,
    serial TEXT NOT NULL,
    copy INTEGER NOT NULL,
    digest TEXT NOT NULL REFERENCES layouts,
    layout TEXT NOT NULL,
    version TEXT NOT NULL,
    year INTEGER NOT NULL,
    unit TEXT NOT NULL REFERENCES units,
    missing TEXT NOT NULL,
    duplicates INTEGER NOT NULL,
    reviews INTEGER NOT NULL,
    answers TEXT NOT NULL,
    rules TEXT NOT NULL,
    UNIQUE (serial, copy)
) STRICT;
CREATE INDEX returned_by_unit ON returned (unit, layout, year);

-- Answers of whole sheets, with verdicts; those that no longer hold stay.
CREATE TABLE answers (
    sheet TEXT NOT NULL,
    digest TEXT NOT NULL,
    at TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (sheet, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (
    sheet TEXT NOT NULL,
    answers TEXT NOT NULL,
    rules TEXT NOT NULL,
    at TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (sheet, answers, rules),
    FOREIGN KEY (sheet, answers) REFERENCES answers
) STRICT, WITHOUT ROWID;

-- What people decided, appended only. question is '' where it is about the whole sheet.
-- scan: the image it was decided by, where there is one.
CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    sheet TEXT NOT NULL,
    serial TEXT NOT NULL,
    question TEXT NOT NULL,
    chosen TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    reason TEXT NOT NULL,
    scan INTEGER REFERENCES scans
) STRICT;
CREATE INDEX verdicts_by_serial ON verdicts (serial);

CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
