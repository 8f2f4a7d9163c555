/** Checks for wrong labels with what they found a row, places of examples in the plane, and columns that hold scores. */
export const noiseChecksMigration = `
-- The same table with one more role: scores that the bench computed, which are not part of what was imported.
CREATE TABLE dataset_column_with_scores (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('number', 'text')),
  role TEXT NOT NULL CHECK (role IN ('feature', 'text', 'id', 'path', 'meta', 'score')),
  statistics TEXT NOT NULL,
  PRIMARY KEY (dataset_id, position),
  UNIQUE (dataset_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO dataset_column_with_scores SELECT dataset_id, position, name, type, role, statistics FROM dataset_column;
DROP TABLE dataset_column;
ALTER TABLE dataset_column_with_scores RENAME TO dataset_column;

CREATE TABLE noise_check (
  id TEXT PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  source_id TEXT NOT NULL REFERENCES label_source(id),
  name TEXT NOT NULL,
  request TEXT NOT NULL,
  report TEXT NOT NULL,
  -- 0 while its arrays are still being written: hidden, and removed when the job does not finish.
  complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX noise_check_by_dataset ON noise_check (dataset_id, created_at);

-- What a check found a row, by name, in chunks of rows: "width" entries of "size" bytes a row.
CREATE TABLE noise_array (
  check_id TEXT NOT NULL REFERENCES noise_check(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  width INTEGER NOT NULL CHECK (width > 0),
  data BLOB NOT NULL,
  PRIMARY KEY (check_id, name, start)
) STRICT;

-- Two float32 coordinates a row.
CREATE TABLE projection (
  dataset_id TEXT PRIMARY KEY REFERENCES dataset(id) ON DELETE CASCADE,
  method TEXT NOT NULL,
  points BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
`
