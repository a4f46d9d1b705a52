-- The register of facts: rows are added, and a later one may take the place of an earlier one. Only the
-- content can go, once, when the law asks for it; number, digest and author stay.
CREATE TABLE fact_entry (
  number INTEGER PRIMARY KEY,
  content TEXT NOT NULL,  -- server/services/facts/fact_entry_json.h; empty once removed
  hash TEXT NOT NULL,     -- hex SHA-256 of the content, of which a random salt is part
  supersedes INTEGER REFERENCES fact_entry (number),
  created INTEGER NOT NULL,
  author TEXT NOT NULL,
  removed INTEGER NOT NULL  -- when the content went; 0: it is there
) STRICT;
CREATE UNIQUE INDEX fact_entry_by_superseded ON fact_entry (supersedes) WHERE supersedes IS NOT NULL;

CREATE TRIGGER fact_entry_only_loses_its_content BEFORE UPDATE ON fact_entry
WHEN NOT (OLD.removed = 0 AND NEW.removed > 0 AND NEW.content = '' AND NEW.number = OLD.number AND NEW.hash = OLD.hash
          AND NEW.supersedes IS OLD.supersedes AND NEW.created = OLD.created AND NEW.author = OLD.author)
BEGIN SELECT RAISE(ABORT, 'a fact is corrected by a later entry, never changed'); END;
CREATE TRIGGER fact_entry_is_never_deleted BEFORE DELETE ON fact_entry
BEGIN SELECT RAISE(ABORT, 'an entry of the register of facts is never deleted'); END;
