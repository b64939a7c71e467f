-- From format 1 to 2: verdicts and log are chained.
ALTER TABLE verdict ADD COLUMN link TEXT NOT NULL DEFAULT '';
ALTER TABLE log ADD COLUMN link TEXT NOT NULL DEFAULT '';

-- How far each chained table goes: how many rows, and the last one's link (omr/store/chain.py).
CREATE TABLE trail (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    link TEXT NOT NULL
) STRICT;
