-- Something of an account.
WITH held AS (
    INSERT INTO holds (scope, company_id, reason, until) VALUES ('account', %(company)s, 'talks', now() + %(days)s * interval '1 day')
), kept_out AS (
    INSERT INTO account_exclusions (company_id, reason) VALUES (%(company)s, 'competitor'), (%(company)s, %(reason)s)
), known AS (
    INSERT INTO external_ids (source, entity, key, company_id) VALUES ('crm', 'companies', 'account-' || %(key)s, %(company)s)
)
INSERT INTO companies (name, parent_company_id) VALUES ('Child of ' || %(key)s, %(company)s);
