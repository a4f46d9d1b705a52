-- Roles are the program's list, which grows; the table only refuses an empty one. Everybody signs in again.
DELETE FROM session;

CREATE TABLE account_with_any_role (
  name TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role <> ''),
  password_hash TEXT NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1))
) WITHOUT ROWID, STRICT;
INSERT INTO account_with_any_role SELECT name, display_name, role, password_hash, active FROM account;
DROP TABLE account;
ALTER TABLE account_with_any_role RENAME TO account;
