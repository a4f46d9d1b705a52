-- The answers of one campaign. No table has a rowid, a time or anything about a person, as every one
-- of them would tell an order of arrival.

-- "closed": '1' after closing · "compact": '1' once the closed file was rebuilt · "batches": number of
-- batches · "responses", "withheld": what closing reported · "moving": '1' only inside the transaction
-- that closes.
CREATE TABLE state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID, STRICT;

-- Numbers are random, as numbers in order would tell which place answered first.
CREATE TABLE cell (
  number INTEGER PRIMARY KEY,
  unit TEXT NOT NULL,
  stratum TEXT NOT NULL,
  psu TEXT NOT NULL,
  merged INTEGER NOT NULL,   -- 1: made at closing out of others
  slips INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  batched INTEGER NOT NULL,  -- of the arrived: no longer in the inbox
  UNIQUE (unit, stratum, psu, merged)
) WITHOUT ROWID, STRICT;

-- Keyed digests of slip codes. Spending one changes a flag of equal size in place, so that the file
-- does not tell in which order slips were spent.
CREATE TABLE slip (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  cell INTEGER NOT NULL,
  spent INTEGER NOT NULL CHECK (spent IN (0, 1))
) WITHOUT ROWID, STRICT;

-- Recognises a submission sent twice; says nothing about which answer it was.
CREATE TABLE submission (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  content BLOB NOT NULL CHECK (length(content) = 32)
) WITHOUT ROWID, STRICT;

-- Answers that wait, sealed. The first column is the place, so that a batch reads one stretch.
CREATE TABLE inbox (
  cell INTEGER NOT NULL REFERENCES cell (number),
  key BLOB NOT NULL CHECK (length(key) = 16),
  sealed BLOB NOT NULL,
  PRIMARY KEY (cell, key)
) WITHOUT ROWID, STRICT;

-- Answers. The key is fresh random, made when the batch is formed, and rows are written in its order.
CREATE TABLE response (
  key BLOB PRIMARY KEY CHECK (length(key) = 16),
  cell INTEGER NOT NULL,
  version INTEGER NOT NULL,  -- of the questionnaire
  mode INTEGER NOT NULL,
  language TEXT NOT NULL,
  batch INTEGER NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 32),  -- for a public log of digests
  packed BLOB NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TRIGGER response_is_never_deleted BEFORE DELETE ON response
BEGIN SELECT RAISE(ABORT, 'a response is never deleted'); END;

CREATE TRIGGER response_is_never_changed BEFORE UPDATE ON response
WHEN (SELECT value FROM state WHERE name = 'moving') IS NOT '1'
BEGIN SELECT RAISE(ABORT, 'a response is never changed'); END;

-- What closing merged, for the report that may be asked for again.
CREATE TABLE closing_merge (
  number INTEGER PRIMARY KEY,
  label TEXT NOT NULL,
  responses INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE closing_merge_psu (
  merge INTEGER NOT NULL REFERENCES closing_merge (number),
  position INTEGER NOT NULL,
  psu TEXT NOT NULL,
  PRIMARY KEY (merge, position)
) WITHOUT ROWID, STRICT;
