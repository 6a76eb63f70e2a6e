-- Something of an account.
WITH days AS (
    INSERT INTO account_health_daily
    SELECT %(company)s, d.day, 10, 10, 0, 0, 0, false, now()
    FROM (VALUES ('2026-01-01'::date), ('2026-02-01'::date + %(days)s::integer)) AS d (day)
), held AS (
    INSERT INTO holds (scope, company_id, reason, until) VALUES ('account', %(company)s, 'talks', now() + %(days)s * interval '1 day')
), kept_out AS (
    INSERT INTO account_exclusions (company_id, reason) VALUES (%(company)s, 'competitor'), (%(company)s, %(reason)s)
), known AS (
    INSERT INTO external_ids (source, entity, key, company_id) VALUES ('crm', 'companies', 'account-' || %(key)s, %(company)s)
)
INSERT INTO companies (name, parent_company_id) VALUES ('Child of ' || %(key)s, %(company)s);
