-- Two rows that are the same person or company become one, and can become two again.

-- A merge: `dropped_id` went into `kept_id`. It refers to neither by a key, for the one is gone and the other may go.
CREATE TABLE merge_records (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    entity text NOT NULL CONSTRAINT merge_records_entity_check CHECK (entity IN ('companies', 'contacts')),
    kept_id uuid NOT NULL,
    dropped_id uuid NOT NULL CONSTRAINT merge_records_dropped_id_check CHECK (dropped_id <> kept_id),
    merged_by text CONSTRAINT merge_records_merged_by_check CHECK (length(merged_by) BETWEEN 1 AND 200),
    merged_at timestamptz NOT NULL DEFAULT current_moment(),
    undone_by text CONSTRAINT merge_records_undone_by_check CHECK (length(undone_by) BETWEEN 1 AND 200),
    undone_at timestamptz
);
CREATE UNIQUE INDEX merge_records_standing_key ON merge_records (dropped_id) WHERE undone_at IS NULL;
CREATE INDEX merge_records_kept_id_idx ON merge_records (kept_id);
CREATE INDEX merge_records_merged_at_idx ON merge_records (merged_at, id);

-- What a merge changed: the columns of a row before and after. Without `before` it added the row, without `after` it removed it.
CREATE TABLE merge_rows (
    merge_id uuid CONSTRAINT merge_rows_merge_id_fkey REFERENCES merge_records ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    table_name text NOT NULL,
    row_key jsonb NOT NULL, -- its primary key, by column
    before jsonb,
    after jsonb,
    PRIMARY KEY (merge_id, number),
    CONSTRAINT merge_rows_after_check CHECK (num_nonnulls(before, after) > 0)
);

-- What is left of a contact that was merged into another: its id, and the address and number by which it is still found.
CREATE TABLE merged_contacts (
    id uuid PRIMARY KEY,
    contact_id uuid NOT NULL CONSTRAINT merged_contacts_contact_id_fkey REFERENCES contacts ON DELETE CASCADE, -- merged into
    email text,
    email_key text CONSTRAINT merged_contacts_email_key UNIQUE,
    phone text,
    merged_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT merged_contacts_email_check CHECK ((email IS NULL) = (email_key IS NULL))
);
CREATE INDEX merged_contacts_contact_id_idx ON merged_contacts (contact_id);
CREATE INDEX merged_contacts_phone_digits_idx ON merged_contacts (ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0')) WHERE phone IS NOT NULL;

-- The same of a company; its domains go on as domains of the other.
CREATE TABLE merged_companies (
    id uuid PRIMARY KEY,
    company_id uuid NOT NULL CONSTRAINT merged_companies_company_id_fkey REFERENCES companies ON DELETE CASCADE, -- merged into
    merged_at timestamptz NOT NULL DEFAULT current_moment()
);
CREATE INDEX merged_companies_company_id_idx ON merged_companies (company_id);

-- Who may be the same: their profile, their name at a company, and the account's name without what kind of company it is.
CREATE FUNCTION account_key(name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    words constant text := btrim(regexp_replace(lower(replace(name, '.', '')), '[^[:alnum:]]+', ' ', 'g'));
BEGIN
    RETURN nullif(regexp_replace(
        words,
        '( (inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|plc|gmbh|ag|se|kg|ug|sa|sas|sarl|srl|spa|bv|nv|ab|oy|aps|pty|holdings?|group))+$',
        ''
    ), '');
END
$$;

CREATE INDEX companies_account_key_idx ON companies (account_key(name));
CREATE INDEX contacts_name_key_idx ON contacts (company_id, lower(btrim(first_name) || ' ' || btrim(last_name)))
WHERE company_id IS NOT NULL AND first_name <> '' AND last_name <> '';
CREATE INDEX contacts_profile_key_idx ON contacts (
    lower(rtrim(regexp_replace(linkedin_url, '^(https?://)?([a-z0-9-]+[.])*linkedin[.]com/|[?#].*$', '', 'gi'), '/ '))
) WHERE linkedin_url IS NOT NULL;
