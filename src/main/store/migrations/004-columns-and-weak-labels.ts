/**
 * What a person's own data needs: columns beside the training array, in typed chunks like the features; labels of a million
 * rows as one event; soft labels; quarantined rows; saved filters; labeling functions and what label models found.
 */
export const columnsAndWeakLabelsMigration = `
CREATE TABLE dataset_column (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('number', 'text')),
  role TEXT NOT NULL CHECK (role IN ('feature', 'text', 'id', 'path', 'meta')),
  statistics TEXT NOT NULL,
  PRIMARY KEY (dataset_id, position),
  UNIQUE (dataset_id, name)
) STRICT, WITHOUT ROWID;

-- Numbers as float64; texts as src/main/store/text-chunk.ts packs them.
CREATE TABLE column_chunk (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  data BLOB NOT NULL,
  PRIMARY KEY (dataset_id, position, start)
) STRICT;

-- Rows in ascending order of a column's values, so that sorting a million rows is reading them.
CREATE TABLE column_order (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (dataset_id, position)
) STRICT;

-- What the search index calls rows: data set key * 2^32 + row.
CREATE TABLE search_key (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id TEXT NOT NULL UNIQUE REFERENCES dataset(id) ON DELETE CASCADE,
  -- Rows indexed so far; the index is built after the import, in the background.
  indexed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE VIRTUAL TABLE search_index USING fts5(body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');

CREATE TABLE quarantine (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  row INTEGER NOT NULL,
  line INTEGER,
  "column" TEXT,
  reason TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  PRIMARY KEY (dataset_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Reports about a data set (its import, duplicates), JSON text by kind.
CREATE TABLE dataset_report (
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (dataset_id, kind)
) STRICT, WITHOUT ROWID;

-- Many labels of one source said at once: int32 rows (NULL: consecutive ones from "start") and int32 classes, -1 abstains.
CREATE TABLE label_batch (
  id INTEGER PRIMARY KEY,
  source_key INTEGER NOT NULL REFERENCES label_source(key) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  rows BLOB,
  labels BLOB NOT NULL,
  confidence BLOB,
  -- Newest row of "label" when this was said: what came before it and what after.
  after_label INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX label_batch_by_source ON label_batch (source_key, id);
-- Classes are counted and paged from the whole label vector in memory; this index only slowed appending down.
DROP INDEX label_in_force_by_class;

-- Class probabilities of consecutive rows, float32, row-major.
CREATE TABLE soft_label (
  source_key INTEGER NOT NULL REFERENCES label_source(key) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  classes INTEGER NOT NULL CHECK (classes > 0),
  probabilities BLOB NOT NULL,
  PRIMARY KEY (source_key, start)
) STRICT;

-- What made a source, and what it found: JSON text (a label model's accuracies, the run of a model).
ALTER TABLE label_source ADD COLUMN detail TEXT;

-- Pinned splits of every row, a byte a row (255: not pinned), in place of a row of split_assignment each; what an older version
-- pinned stays there until the first change.
CREATE TABLE split_vector (
  dataset_id TEXT PRIMARY KEY REFERENCES dataset(id) ON DELETE CASCADE,
  splits BLOB NOT NULL
) STRICT;

CREATE TABLE saved_filter (
  id TEXT PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  filter TEXT NOT NULL,
  sort TEXT,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE INDEX saved_filter_by_dataset ON saved_filter (dataset_id, created_at);

-- Every version of every labeling function; the newest of a name is the one in use.
CREATE TABLE labeling_function (
  id TEXT PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  definition TEXT NOT NULL,
  source_id TEXT REFERENCES label_source(id),
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  deleted_at INTEGER,
  UNIQUE (dataset_id, name, version)
) STRICT;
`
