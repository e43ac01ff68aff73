-- By what the files of a partition were known when it was measured. Empty where nobody noted it:
-- what has files by now is measured again once.
ALTER TABLE cell ADD COLUMN files TEXT NOT NULL DEFAULT '';
