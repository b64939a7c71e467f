-- From format 3 to 4: uploaded scans, pictures of doubtful rows, copied handwriting, the tree, rosters;
-- a log that says who and which unit; accounts that are chained (none could be made before).
-- A file that came in through the browser and is kept beside the store; `read` once a run has been through it.
CREATE TABLE upload (
    sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    size INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1))
) STRICT;

-- A small picture of a doubtful row, for the day its file is gone; names covered.
CREATE TABLE strip (
    scan INTEGER NOT NULL REFERENCES scan (id),
    question TEXT NOT NULL,
    picture BLOB NOT NULL,
    PRIMARY KEY (scan, question)
) STRICT;

-- What a person made out of a field written by hand; the newest of a field holds.
CREATE TABLE written (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    sheet TEXT NOT NULL,
    field TEXT NOT NULL,
    text TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    link TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX written_sheet ON written (sheet);

CREATE TRIGGER written_stays BEFORE UPDATE ON written
BEGIN SELECT RAISE(ABORT, 'what was copied is appended, never changed'); END;
CREATE TRIGGER written_is_kept BEFORE DELETE ON written
BEGIN SELECT RAISE(ABORT, 'what was copied is appended, never removed'); END;

-- The tree of units, whole for each year that has one; it holds until a later year has another.
CREATE TABLE tree (
    year INTEGER NOT NULL,
    code TEXT NOT NULL CHECK (code <> ''),
    name TEXT NOT NULL,
    parent TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (year, code)
) STRICT;

-- Who belongs to a unit in a year. Who stands in several units hands in at one of them.
CREATE TABLE member (
    year INTEGER NOT NULL,
    unit TEXT NOT NULL,
    person TEXT NOT NULL CHECK (person <> ''),
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('due', 'exempt', 'suspended')),
    hands_in INTEGER NOT NULL CHECK (hands_in IN (0, 1)),
    extra TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (year, unit, person)
) STRICT;

ALTER TABLE log ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE log ADD COLUMN unit TEXT NOT NULL DEFAULT '';

DROP TABLE assigned;
DROP TABLE account;
-- Who may work at a desk that several machines share. Each change is a row, the newest of a name holds.
-- `units`: JSON list of the codes a person is held to, or "*". `digest`: SHA-256 of the hash in `secret`.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    role TEXT NOT NULL,
    units TEXT NOT NULL,
    state TEXT NOT NULL,
    digest TEXT NOT NULL,
    changed_by TEXT NOT NULL CHECK (changed_by <> ''),
    link TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX account_name ON account (name);

-- The Argon2 hash of each person's password; an earlier one is not kept.
CREATE TABLE secret (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER account_stays BEFORE UPDATE ON account
BEGIN SELECT RAISE(ABORT, 'changes of accounts are appended, never altered'); END;
CREATE TRIGGER account_is_kept BEFORE DELETE ON account
BEGIN SELECT RAISE(ABORT, 'changes of accounts are appended, never removed'); END;

-- A sample of reads that nobody was asked about, as it was drawn: `body` holds strata and boxes (JSON).
CREATE TABLE drawn (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    unit TEXT NOT NULL,
    year TEXT NOT NULL,
    body TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    link TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TRIGGER drawn_stays BEFORE UPDATE ON drawn
BEGIN SELECT RAISE(ABORT, 'samples are kept, never changed'); END;
CREATE TRIGGER drawn_is_kept BEFORE DELETE ON drawn
BEGIN SELECT RAISE(ABORT, 'samples are kept, never removed'); END;
-- Public keys of other offices: whose packages are taken here, and whom packages are locked for.
CREATE TABLE trusted (
    unit TEXT PRIMARY KEY CHECK (unit <> ''),
    sign TEXT NOT NULL,
    receive TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

-- What offices below counted. The latest of a unit and year holds; nothing is removed.
CREATE TABLE package (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    unit TEXT NOT NULL,
    year INTEGER NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;

CREATE TRIGGER package_stays BEFORE UPDATE ON package
BEGIN SELECT RAISE(ABORT, 'packages are kept as they came'); END;
CREATE TRIGGER package_is_kept BEFORE DELETE ON package
BEGIN SELECT RAISE(ABORT, 'packages are kept'); END;

ALTER TABLE score ADD COLUMN who TEXT NOT NULL DEFAULT '';

-- Rule files as they were used, so that results before and after a change can be put side by side.
CREATE TABLE rules (
    digest TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
