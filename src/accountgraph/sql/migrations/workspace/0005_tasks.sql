-- Who is at a task, and until when that keeps others away; before when it is not handed out; and the hold that it asks about.
ALTER TABLE tasks
ADD COLUMN held_by text CONSTRAINT tasks_held_by_check CHECK (length(held_by) BETWEEN 1 AND 200),
ADD COLUMN held_until timestamptz CONSTRAINT tasks_held_until_check CHECK ((held_by IS NULL) = (held_until IS NULL)),
ADD COLUMN waits_until timestamptz,
ADD COLUMN hold_id uuid CONSTRAINT tasks_hold_id_fkey REFERENCES holds ON DELETE SET NULL;

CREATE INDEX tasks_held_by_idx ON tasks (lower(held_by), held_until) WHERE held_by IS NOT NULL;
CREATE INDEX tasks_hold_id_idx ON tasks (hold_id);
