-- Since when a failure is played: what was issued or authorized before is what it is played with.
ALTER TABLE clients ADD COLUMN rehearsal_since timestamptz;
