-- The second half of upgrade_2.sql, once the rows there are have their links.
CREATE TRIGGER verdict_stays BEFORE UPDATE ON verdict
BEGIN SELECT RAISE(ABORT, 'verdicts are appended, never changed'); END;
CREATE TRIGGER verdict_is_kept BEFORE DELETE ON verdict
BEGIN SELECT RAISE(ABORT, 'verdicts are appended, never removed'); END;
CREATE TRIGGER log_stays BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is appended to, never changed'); END;
CREATE TRIGGER log_is_kept BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is appended to, never shortened'); END;
