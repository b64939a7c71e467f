-- From format 4 to 5, and the last part of a new store.

-- The rule file that each unit's sheets were scored by when it was signed: they are scored by it until it is
-- opened again, whatever became of the file since. form_rules: the id a form names it by; digest: in `rules`.
CREATE TABLE signed_rules (
    closing INTEGER NOT NULL REFERENCES closing (id),
    unit TEXT NOT NULL,
    form_rules TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (closing, unit, form_rules)
) STRICT;
CREATE TRIGGER signed_rules_stay BEFORE UPDATE ON signed_rules
BEGIN SELECT RAISE(ABORT, 'rules are signed once, never changed'); END;
CREATE TRIGGER signed_rules_are_kept BEFORE DELETE ON signed_rules
BEGIN SELECT RAISE(ABORT, 'rules are signed once, never removed'); END;

-- Pages that came for a unit when it was signed off already: not counted, and not forgotten. One that was read
-- since the unit was opened again is a scan like any other; then its row here says nothing any more.
CREATE TABLE late (
    sha256 TEXT NOT NULL REFERENCES source (sha256),
    frame INTEGER NOT NULL CHECK (frame > 0),
    part INTEGER NOT NULL,
    unit TEXT NOT NULL,
    year INTEGER NOT NULL,
    sheet TEXT NOT NULL,
    layout TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (sha256, frame, part)
) STRICT;

-- Table 5: how many persons or collectives of a unit were given each yearly rank; decided by people, typed in.
CREATE TABLE rank (
    year INTEGER NOT NULL,
    unit TEXT NOT NULL CHECK (unit <> ''),
    who TEXT NOT NULL CHECK (who IN ('person', 'collective')),
    excellent INTEGER NOT NULL CHECK (excellent >= 0),
    good INTEGER NOT NULL CHECK (good >= 0),
    done INTEGER NOT NULL CHECK (done >= 0),
    failed INTEGER NOT NULL CHECK (failed >= 0),
    at TEXT NOT NULL,
    PRIMARY KEY (year, unit, who)
) STRICT;

-- More that nobody writes to a closed unit (closed.sql): ranks, random checks, numbers of the offices below.
CREATE TRIGGER rank_touches AFTER INSERT ON rank
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.unit, NEW.year); END;
CREATE TRIGGER rank_gone_touches BEFORE DELETE ON rank
BEGIN INSERT OR IGNORE INTO touched VALUES (OLD.unit, OLD.year); END;
CREATE TRIGGER drawn_touches AFTER INSERT ON drawn
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.unit, CAST(NEW.year AS INTEGER)); END;
CREATE TRIGGER checked_touches AFTER INSERT ON checked
BEGIN INSERT OR IGNORE INTO touched SELECT unit, year FROM place_of_sheet
    WHERE serial = substr(NEW.sheet, 1, instr(NEW.sheet || '~', '~') - 1); END;
CREATE TRIGGER package_touches AFTER INSERT ON package
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.unit, NEW.year); END;
