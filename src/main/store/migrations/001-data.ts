/**
 * Data sets, examples, labels, versions. Features live in chunks (N rows a BLOB) so that a million rows load at
 * memory speed; labels are appended, one row an event, and the newest event of a (source, row) is in force. What is in
 * force is also kept by itself, so that counts, pages of one class and whole label vectors never read the history.
 */
export const dataMigration = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE dataset (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'table', 'text')),
  dtype TEXT NOT NULL CHECK (dtype IN ('uint8', 'float32')),
  shape TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  feature_hash TEXT NOT NULL,
  source TEXT NOT NULL,
  license TEXT NOT NULL,
  -- 0 while an import is still writing it: hidden, and removed when the import does not finish.
  complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;

CREATE TABLE dataset_class (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  color TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (dataset_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE feature_chunk (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  data BLOB NOT NULL,
  PRIMARY KEY (dataset_id, start)
) STRICT;

CREATE TABLE label_source (
  -- What label rows carry instead of the id: a few bytes, not 36, in each row and index entry.
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('given', 'truth', 'annotator', 'labeling-function', 'model', 'aggregate')),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (dataset_id, kind, name)
) STRICT;

CREATE TABLE label (
  id INTEGER PRIMARY KEY,
  source_key INTEGER NOT NULL REFERENCES label_source(key) ON DELETE CASCADE,
  row INTEGER NOT NULL CHECK (row >= 0),
  class INTEGER CHECK (class >= 0),
  confidence REAL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX label_by_row ON label (source_key, row);

CREATE TABLE label_in_force (
  source_key INTEGER NOT NULL REFERENCES label_source(key) ON DELETE CASCADE,
  row INTEGER NOT NULL,
  class INTEGER,
  PRIMARY KEY (source_key, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_in_force_by_class ON label_in_force (source_key, class, row);

CREATE TRIGGER label_comes_into_force AFTER INSERT ON label BEGIN
  INSERT INTO label_in_force (source_key, row, class) VALUES (new.source_key, new.row, new.class)
  ON CONFLICT (source_key, row) DO UPDATE SET class = excluded.class;
END;

-- Where a person has pinned an example; all others are drawn by an experiment's seed.
CREATE TABLE split_assignment (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  row INTEGER NOT NULL CHECK (row >= 0),
  split TEXT NOT NULL,
  PRIMARY KEY (dataset_id, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE dataset_version (
  id TEXT PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  label_source_id TEXT NOT NULL REFERENCES label_source(id),
  rows BLOB NOT NULL,
  splits BLOB NOT NULL,
  labels BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (dataset_id, hash)
) STRICT;
`
