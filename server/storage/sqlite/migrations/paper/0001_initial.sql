-- Paper forms of one campaign. No time, and nothing that an answer carries.

-- "second_share": percent
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE batch (
  number INTEGER PRIMARY KEY,
  psu TEXT NOT NULL,
  language TEXT NOT NULL,
  first_form INTEGER NOT NULL,
  forms INTEGER NOT NULL CHECK (forms > 0),
  page_starts TEXT NOT NULL  -- question positions, parted by blanks
) STRICT;

CREATE TABLE form (
  number INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch (number),
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7)  -- PaperState, in its order
) STRICT;
CREATE INDEX form_by_batch ON form (batch);

-- What was keyed and waits, sealed with the campaign's key.
CREATE TABLE entry (
  form INTEGER NOT NULL REFERENCES form (number),
  place INTEGER NOT NULL,  -- 1, 2 in the order keyed
  clerk TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (form, place)
) WITHOUT ROWID, STRICT;

CREATE TABLE tally (
  clerk TEXT PRIMARY KEY,
  forms INTEGER NOT NULL,
  fields INTEGER NOT NULL,
  compared INTEGER NOT NULL,
  wrong INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
