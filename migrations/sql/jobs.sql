-- What is ours in the schema `jobs`, beside procrastinate's own tables.

-- procrastinate's functions name their tables without a schema, and triggers fire in sessions whose search_path is ours.
DO $$
DECLARE
    made regprocedure;
BEGIN
    FOR made IN SELECT oid FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_temp', made);
    END LOOP;
END $$;

-- Why a try of a job failed: the error's class and Postgres' code, never its text, which may quote a person.
CREATE TABLE jobs.faults (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    job_id bigint NOT NULL REFERENCES jobs.procrastinate_jobs ON DELETE CASCADE,
    error text COLLATE "C" NOT NULL,
    sqlstate text COLLATE "C",
    error_id text COLLATE "C",
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_faults_job_id ON jobs.faults (job_id, id);

-- Jobs as people ask for them: one row a job, with its times and its last fault.
CREATE VIEW jobs.overview AS
SELECT j.id,
       j.task_name::text COLLATE "C" AS kind,
       CASE j.status WHEN 'todo' THEN 'QUEUED' WHEN 'doing' THEN 'RUNNING' WHEN 'succeeded' THEN 'SUCCEEDED'
                     WHEN 'failed' THEN 'FAILED' ELSE 'CANCELLED' END COLLATE "C" AS state,
       j.attempts AS tries,
       j.lock::text COLLATE "C" AS key,
       j.args AS ids,
       e.created_at,
       CASE WHEN j.status = 'todo' THEN j.scheduled_at END AS due_at,
       e.started_at,
       CASE WHEN j.status NOT IN ('todo', 'doing') THEN e.finished_at END AS finished_at,
       f.error,
       f.sqlstate,
       f.error_id
FROM jobs.procrastinate_jobs j
CROSS JOIN LATERAL (
    SELECT coalesce(min(at) FILTER (WHERE type = 'deferred'), '-infinity') AS created_at,
           max(at) FILTER (WHERE type = 'started') AS started_at,
           max(at) FILTER (WHERE type IN ('succeeded', 'failed', 'cancelled', 'aborted')) AS finished_at
    FROM jobs.procrastinate_events WHERE job_id = j.id
) e
LEFT JOIN LATERAL (
    SELECT error, sqlstate, error_id FROM jobs.faults WHERE job_id = j.id ORDER BY id DESC LIMIT 1
) f ON true;
