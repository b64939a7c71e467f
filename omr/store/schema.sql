-- The only state of omr. Readings, rejections and verdicts are appended; nothing is ever overwritten.
-- A voided batch keeps its rows; its scans are no longer live.

CREATE TABLE unit (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    parent TEXT NOT NULL DEFAULT ''
) STRICT;

-- Frozen geometry: what was printed stays readable whatever became of the YAML since.
CREATE TABLE layout (
    digest TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE issued (
    serial TEXT PRIMARY KEY,
    layout TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES layout (digest),
    year INTEGER NOT NULL,
    unit TEXT NOT NULL,
    pages INTEGER NOT NULL CHECK (pages > 0),
    person TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    master INTEGER NOT NULL DEFAULT 0 CHECK (master IN (0, 1)),
    replaced_by TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
) STRICT;

CREATE TABLE source (
    sha256 TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    paths TEXT NOT NULL,
    year INTEGER
) STRICT;

CREATE TABLE void (
    batch INTEGER PRIMARY KEY REFERENCES batch (id),
    at TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> '')
) STRICT;

-- One row a page that a file holds. The order of the stacks is that of their sources, not of the batches:
-- a batch that was broken off and went on as another is in the same order as one that was not.
CREATE TABLE scan (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batch (id),
    sha256 TEXT NOT NULL REFERENCES source (sha256),
    frame INTEGER NOT NULL CHECK (frame > 0),
    part INTEGER NOT NULL,
    unit TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX scan_once ON scan (sha256, frame, part) WHERE live = 1;

CREATE TABLE reading (
    scan INTEGER PRIMARY KEY REFERENCES scan (id),
    digest TEXT NOT NULL,
    year INTEGER NOT NULL,
    sheet TEXT NOT NULL,
    page INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    body BLOB NOT NULL,
    ink BLOB NOT NULL
) STRICT;
CREATE INDEX reading_sheet ON reading (sheet);

-- What a reading said before it was classified anew; nothing is thrown away.
CREATE TABLE earlier_reading (
    id INTEGER PRIMARY KEY,
    scan INTEGER NOT NULL REFERENCES scan (id),
    at TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE rejection (
    scan INTEGER PRIMARY KEY REFERENCES scan (id),
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    sheet TEXT NOT NULL DEFAULT '',
    page INTEGER
) STRICT;

CREATE TABLE verdict (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    sheet TEXT NOT NULL,
    question TEXT NOT NULL,
    chosen TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    reason TEXT NOT NULL,
    link TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX verdict_sheet ON verdict (sheet);

CREATE TABLE score (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    sheet TEXT NOT NULL,
    answers TEXT NOT NULL,
    rules TEXT NOT NULL,
    body TEXT NOT NULL,
    who TEXT NOT NULL DEFAULT '',
    UNIQUE (sheet, answers, rules)
) STRICT;

-- Rule files as they were used, so that results before and after a change can be put side by side.
CREATE TABLE rules (
    digest TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL,
    link TEXT NOT NULL DEFAULT '',
    who TEXT NOT NULL DEFAULT '',
    unit TEXT NOT NULL DEFAULT ''
) STRICT;

-- What a person found on a read that nobody was asked about, drawn at random: `draw` names the sample
-- (unit, year, size, seed); `truth` is `state` where the paper shows that, else "other", or "": taken back.
CREATE TABLE checked (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    draw TEXT NOT NULL,
    sheet TEXT NOT NULL,
    question TEXT NOT NULL,
    choice TEXT NOT NULL,
    state TEXT NOT NULL,
    truth TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    link TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX checked_draw ON checked (draw);

-- What a person did about a refused scan; the newest of a scan holds. `scan` is "sha256/frame/part".
CREATE TABLE settled (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    scan TEXT NOT NULL,
    how TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    reason TEXT NOT NULL,
    link TEXT NOT NULL DEFAULT ''
) STRICT;

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

-- How far each chained table goes: how many rows, and the last one's link (omr/store/chain.py).
CREATE TABLE trail (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    link TEXT NOT NULL
) STRICT;

CREATE TRIGGER verdict_stays BEFORE UPDATE ON verdict
BEGIN SELECT RAISE(ABORT, 'verdicts are appended, never changed'); END;
CREATE TRIGGER verdict_is_kept BEFORE DELETE ON verdict
BEGIN SELECT RAISE(ABORT, 'verdicts are appended, never removed'); END;
CREATE TRIGGER log_stays BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is appended to, never changed'); END;
CREATE TRIGGER log_is_kept BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is appended to, never shortened'); END;
CREATE TRIGGER checked_stays BEFORE UPDATE ON checked
BEGIN SELECT RAISE(ABORT, 'checks are appended, never changed'); END;
CREATE TRIGGER checked_is_kept BEFORE DELETE ON checked
BEGIN SELECT RAISE(ABORT, 'checks are appended, never removed'); END;
CREATE TRIGGER settled_stays BEFORE UPDATE ON settled
BEGIN SELECT RAISE(ABORT, 'settlements are appended, never changed'); END;
CREATE TRIGGER settled_is_kept BEFORE DELETE ON settled
BEGIN SELECT RAISE(ABORT, 'settlements are appended, never removed'); END;
CREATE TRIGGER written_stays BEFORE UPDATE ON written
BEGIN SELECT RAISE(ABORT, 'what was copied is appended, never changed'); END;
CREATE TRIGGER written_is_kept BEFORE DELETE ON written
BEGIN SELECT RAISE(ABORT, 'what was copied is appended, never removed'); END;
CREATE TRIGGER account_stays BEFORE UPDATE ON account
BEGIN SELECT RAISE(ABORT, 'changes of accounts are appended, never altered'); END;
CREATE TRIGGER account_is_kept BEFORE DELETE ON account
BEGIN SELECT RAISE(ABORT, 'changes of accounts are appended, never removed'); END;
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
