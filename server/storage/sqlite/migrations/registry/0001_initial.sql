-- People and the office: accounts, campaigns, definitions in use, results, the journal. Never an answer.

CREATE TABLE account (
  name TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('administrator', 'officer', 'analyst', 'jury')),
  password_hash TEXT NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1))
) WITHOUT ROWID, STRICT;

CREATE TABLE session (
  token BLOB PRIMARY KEY CHECK (length(token) = 32),  -- SHA-256 of the cookie's token
  account TEXT NOT NULL REFERENCES account (name),
  csrf TEXT NOT NULL,
  created INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_last_seen ON session (last_seen);

CREATE TABLE setup_token (
  only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
  token BLOB NOT NULL CHECK (length(token) = 32),
  expires INTEGER NOT NULL
) STRICT;

CREATE TABLE campaign (
  id TEXT PRIMARY KEY,
  content TEXT NOT NULL  -- server/survey/campaign_json.h
) WITHOUT ROWID, STRICT;

CREATE TABLE definition (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  hash TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (kind, id, version)
) WITHOUT ROWID, STRICT;

-- Results, decisions, facts: added, never changed. The number is the order in which they were added.
CREATE TABLE record (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  content TEXT NOT NULL,
  hash TEXT NOT NULL,
  created INTEGER NOT NULL,
  author TEXT NOT NULL,
  UNIQUE (kind, id)
) STRICT;
CREATE INDEX record_by_subject ON record (kind, subject, number);

-- Who did what; each entry's chain value covers all before it (server/storage/journal_chain.h).
CREATE TABLE journal (
  number INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  account TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  chain TEXT NOT NULL
) STRICT;

CREATE TRIGGER definition_is_never_changed BEFORE UPDATE ON definition
BEGIN SELECT RAISE(ABORT, 'a definition in use is never changed'); END;
CREATE TRIGGER definition_is_never_deleted BEFORE DELETE ON definition
BEGIN SELECT RAISE(ABORT, 'a definition in use is never deleted'); END;
CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never deleted'); END;
