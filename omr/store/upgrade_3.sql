-- From format 2 to 3: random checks, settled scans, accounts.
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

-- Who may work at the desk from another machine; `secret` is an Argon2 hash. A closed account opens nothing.
CREATE TABLE account (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    role TEXT NOT NULL,
    secret TEXT NOT NULL,
    at TEXT NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
) STRICT;

-- Units a person is held to; whoever has none here sees every unit.
CREATE TABLE assigned (
    name TEXT NOT NULL REFERENCES account (name),
    unit TEXT NOT NULL,
    PRIMARY KEY (name, unit)
) STRICT;

CREATE TRIGGER checked_stays BEFORE UPDATE ON checked
BEGIN SELECT RAISE(ABORT, 'checks are appended, never changed'); END;
CREATE TRIGGER checked_is_kept BEFORE DELETE ON checked
BEGIN SELECT RAISE(ABORT, 'checks are appended, never removed'); END;
CREATE TRIGGER settled_stays BEFORE UPDATE ON settled
BEGIN SELECT RAISE(ABORT, 'settlements are appended, never changed'); END;
CREATE TRIGGER settled_is_kept BEFORE DELETE ON settled
BEGIN SELECT RAISE(ABORT, 'settlements are appended, never removed'); END;
