/** Experiments, jobs, runs and what they leave: metrics, predictions, checkpoints, logs. */
export const runsAndJobsMigration = `
CREATE TABLE experiment (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  config TEXT NOT NULL,
  dataset_version_id TEXT REFERENCES dataset_version(id),
  notes TEXT NOT NULL DEFAULT '',
  summary TEXT,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;

CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  input TEXT NOT NULL,
  experiment_id TEXT REFERENCES experiment(id) ON DELETE CASCADE,
  after_job_id TEXT REFERENCES job(id),
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'cancelling', 'done', 'failed', 'cancelled', 'interrupted')),
  progress TEXT NOT NULL,
  error TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX job_by_status ON job (status);
CREATE INDEX job_by_experiment ON job (experiment_id, created_at);
CREATE INDEX job_by_age ON job (created_at);

CREATE TABLE job_log (
  job_id TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (job_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  job_id TEXT PRIMARY KEY REFERENCES job(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  experiment_id TEXT REFERENCES experiment(id) ON DELETE CASCADE,
  job_id TEXT REFERENCES job(id),
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  arm TEXT NOT NULL,
  role TEXT NOT NULL,
  seed INTEGER NOT NULL,
  config TEXT NOT NULL,
  dataset_version_id TEXT REFERENCES dataset_version(id),
  engine TEXT NOT NULL,
  code_version TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  status_reason TEXT,
  parent_id TEXT REFERENCES run(id),
  summary TEXT NOT NULL DEFAULT '{}',
  tags TEXT NOT NULL DEFAULT '[]',
  notes TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  deleted_at INTEGER,
  UNIQUE (job_id, key)
) STRICT;
CREATE INDEX run_by_experiment ON run (experiment_id, created_at);
CREATE INDEX run_by_status ON run (status);
CREATE INDEX run_by_age ON run (created_at) WHERE deleted_at IS NULL;

CREATE TABLE metric_series (
  -- What points carry instead of run and name.
  key INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  UNIQUE (run_id, name)
) STRICT;

CREATE TABLE metric (
  series_key INTEGER NOT NULL REFERENCES metric_series(key) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  value REAL,
  -- NaN, which SQLite stores as NULL, and the infinities, told apart.
  special TEXT CHECK (special IN ('NaN', 'Infinity', '-Infinity')),
  PRIMARY KEY (series_key, step),
  CHECK ((value IS NULL) <> (special IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE prediction (
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  split TEXT NOT NULL,
  classes INTEGER NOT NULL CHECK (classes > 0),
  rows BLOB NOT NULL,
  probabilities BLOB NOT NULL,
  PRIMARY KEY (run_id, split)
) STRICT;

CREATE TABLE artifact (
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT;
`
