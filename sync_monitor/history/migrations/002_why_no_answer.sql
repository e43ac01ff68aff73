-- Why the model gave no answer that counts. Empty for one that it gave, and for what was asked before.
ALTER TABLE triage ADD COLUMN failure TEXT NOT NULL DEFAULT '';
