-- What the law of each country says about cold messages to people at work, as of 1 January 2025. A start for your lawyer, not legal
-- advice: add a row with a later date to change one. Where the law tells companies from persons and does not say which of the two a
-- named person's work address is, and where calls were not looked into, the stricter reading stands here.
INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, 'email', date '2025-01-01', v.rule, v.source, v.note
FROM (VALUES
    ('AT', 'consent', 'TKG 2021 § 174(3)', 'Companies too.'),
    ('BE', 'consent', 'Code de droit économique art. XII.13; A.R. 4 avril 2003 art. 1', 'Impersonal addresses of a legal person (info@) are excepted.'),
    ('BG', 'consent', 'Electronic Communications Act art. 261', NULL),
    ('CY', 'consent', 'Law 112(I)/2004 s. 106', NULL),
    ('CZ', 'consent', 'Act 480/2004 § 7', 'Companies too.'),
    ('DE', 'consent', 'UWG § 7(2) no. 2', 'Companies too; § 7(3) excepts own customers under conditions.'),
    ('DK', 'consent', 'Markedsføringsloven § 10', 'Companies too.'),
    ('EE', 'consent', 'Electronic Communications Act § 103-1', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('ES', 'consent', 'LSSI (Ley 34/2002) art. 21', 'Companies too; earlier customers are excepted under conditions.'),
    ('FI', 'allow', 'Act on Electronic Communications Services 917/2014 §§ 200, 202', 'To a work address about work, until they object.'),
    ('FR', 'allow', 'CPCE art. L34-5; CNIL on prospecting between professionals', 'To a work address about work, until they object.'),
    ('GR', 'consent', 'Law 3471/2006 art. 11', 'Legal persons too.'),
    ('HR', 'consent', 'Electronic Communications Act art. 50', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('HU', 'consent', 'Act XLVIII of 2008 § 6', 'A named person''s address is a natural person''s.'),
    ('IE', 'allow', 'S.I. 336/2011 reg. 13', 'To a work address about work, until they object.'),
    ('IT', 'consent', 'Codice in materia di protezione dei dati personali art. 130', 'Companies too.'),
    ('LT', 'consent', 'Law on Electronic Communications art. 81', NULL),
    ('LU', 'consent', 'Loi du 30 mai 2005 art. 11', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('LV', 'consent', 'Law on Information Society Services s. 9', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('MT', 'consent', 'S.L. 586.01 reg. 9', NULL),
    ('NL', 'consent', 'Telecommunicatiewet art. 11.7', 'Companies too; an address published for this very purpose is excepted.'),
    ('PL', 'consent', 'Prawo komunikacji elektronicznej art. 398', 'Companies too.'),
    ('PT', 'consent', 'Lei 41/2004 art. 13-A', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('RO', 'consent', 'Law 506/2004 art. 12', NULL),
    ('SE', 'allow', 'Marknadsföringslagen (2008:486) §§ 19, 21', 'The ban is on natural persons; a work address about work, until they object.'),
    ('SI', 'consent', 'ZEKom-2 art. 226', 'Legal persons until they object; a named person''s address is read strictly.'),
    ('SK', 'consent', 'Act 452/2021 § 116', NULL),
    ('IS', 'consent', 'Electronic Communications Act 70/2022', NULL),
    ('LI', 'consent', 'UWG (LI) and KomG; Directive 2002/58/EC art. 13', NULL),
    ('NO', 'consent', 'Markedsføringsloven § 15', 'A named person''s work address is a natural person''s.'),
    ('CH', 'consent', 'UWG art. 3(1)(o)', 'Automated mass advertising, to companies too.'),
    ('GB', 'allow', 'PECR 2003 reg. 22, 23', 'Corporate subscribers until they object; sole traders and some partnerships are individuals: consent.'),
    ('US', 'allow', 'CAN-SPAM Act, 15 U.S.C. 7704', 'True sender and subject, postal address, opt-out honoured within 10 business days.'),
    ('CA', 'consent', 'CASL (S.C. 2010, c. 23) s. 6, 10', 'Implied consent, as by a conspicuously published work address, has to be recorded.'),
    ('MX', 'allow', 'LFPDPPP', 'With a privacy notice, until they object.'),
    ('BR', 'allow', 'LGPD (Lei 13.709/2018) art. 7, 10, 18', 'On legitimate interest, until they object.'),
    ('AU', 'consent', 'Spam Act 2003 s. 16, sch. 2', 'Inferred consent, as by a conspicuously published work address, has to be recorded.'),
    ('NZ', 'consent', 'Unsolicited Electronic Messages Act 2007 s. 9', 'Deemed consent, as by a published work address, has to be recorded.'),
    ('SG', 'allow', 'Spam Control Act 2007 s. 11, sch. 2', 'In bulk: <ADV> before the subject.'),
    ('HK', 'allow', 'Unsolicited Electronic Messages Ordinance (Cap. 593)', 'Until they object.'),
    ('IN', 'allow', 'Information Technology Act 2000; DPDP Act 2023 comes into force by 2027', 'Look again when the DPDP Act is in force.'),
    ('JP', 'consent', 'Act on Regulation of Transmission of Specified Electronic Mail art. 3', 'A company''s published address is excepted.'),
    ('KR', 'consent', 'Network Act art. 50', NULL),
    ('CN', 'consent', 'Advertising Law art. 43', NULL),
    ('IL', 'consent', 'Communications Law s. 30A', 'A company may be asked once.'),
    ('ZA', 'consent', 'POPIA s. 69', 'Companies too; consent may be asked for once.')
) AS v (country, rule, source, note);

INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, 'call', date '2025-01-01', v.rule, v.source, v.note
FROM (VALUES
    ('AT', 'consent', 'TKG 2021 § 174(1)', 'Companies too.'),
    ('DE', 'consent', 'UWG § 7(2) no. 1', 'A company''s presumed consent is enough; who relies on it records why, or edits this row.'),
    ('PL', 'consent', 'Prawo komunikacji elektronicznej art. 398', 'Companies too.'),
    ('BE', 'allow', 'Code de droit économique art. XIV.77, VI.112', 'Ask the Do Not Call Me list.'),
    ('DK', 'allow', 'Forbrugeraftaleloven § 4', 'The ban is on consumers.'),
    ('ES', 'allow', 'Ley 11/2022 art. 66; LOPDGDD art. 19', 'At work, about work.'),
    ('FI', 'allow', 'Act on Electronic Communications Services 917/2014 § 200', NULL),
    ('FR', 'allow', 'Code de la consommation art. L223-1', 'The ban is on consumers.'),
    ('GR', 'allow', 'Law 3471/2006 art. 11', 'Ask the operators'' register of objections.'),
    ('IE', 'allow', 'S.I. 336/2011 reg. 13', 'Ask the National Directory Database; mobiles only with consent.'),
    ('IT', 'allow', 'Legge 5/2018', 'Ask the Registro pubblico delle opposizioni.'),
    ('NL', 'allow', 'Telecommunicatiewet art. 11.7', 'Legal persons; sole traders and partnerships only with consent.'),
    ('SE', 'allow', 'Marknadsföringslagen (2008:486) § 21', NULL),
    ('NO', 'allow', 'Markedsføringsloven § 12', 'Companies; the register of reservations protects persons.'),
    ('CH', 'allow', 'UWG art. 3(1)(u)', 'Not who is starred in the directory or not in it.'),
    ('GB', 'allow', 'PECR 2003 reg. 21', 'Ask TPS and CTPS.'),
    ('US', 'allow', '47 CFR 64.1200; 16 CFR 310', 'By hand, at work; mobiles and states have rules of their own.'),
    ('CA', 'allow', 'Unsolicited Telecommunications Rules', 'Companies are exempt from the national list.'),
    ('MX', 'allow', 'LFPDPPP', NULL),
    ('BR', 'allow', 'LGPD art. 7, 10', 'Ask the Procon lists.'),
    ('AU', 'allow', 'Do Not Call Register Act 2006', 'Ask the register.'),
    ('NZ', 'allow', 'Privacy Act 2020; industry Do Not Call list', NULL),
    ('SG', 'allow', 'PDPA 2012 s. 4(5), part 9', 'Business contact information; ask the Do Not Call register.'),
    ('HK', 'allow', 'Unsolicited Electronic Messages Ordinance (Cap. 593)', 'Calls by a person are outside it.'),
    ('IN', 'consent', 'TCCCPR 2018', 'Registered telemarketers only.'),
    ('ZA', 'consent', 'POPIA s. 69', NULL)
) AS v (country, rule, source, note);

INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, 'call', date '2025-01-01', 'consent', 'Directive 2002/58/EC art. 13(3): the country chooses', 'Not looked into; the stricter choice.'
FROM unnest(
    ARRAY[
        'BG', 'CY', 'CZ', 'EE', 'HR', 'HU', 'LT', 'LU', 'LV', 'MT', 'PT', 'RO', 'SI', 'SK', 'IS', 'LI'
    ]
) AS v (country);

-- Text messages ask for consent everywhere; messengers as SMS.
INSERT INTO jurisdictions (country, channel, valid_from, rule, source, note)
SELECT v.country, c.channel, date '2025-01-01', 'consent', v.source, v.note
FROM (VALUES ('sms'), ('whatsapp')) AS c (channel)
CROSS JOIN (
    VALUES
        ('CH', 'UWG art. 3(1)(o)', NULL),
        ('GB', 'PECR 2003 reg. 22', NULL),
        ('US', 'TCPA, 47 U.S.C. 227; 47 CFR 64.1200', 'Prior express written consent.'),
        ('CA', 'CASL (S.C. 2010, c. 23) s. 6', NULL),
        ('MX', 'LFPDPPP', NULL),
        ('BR', 'LGPD art. 7', NULL),
        ('AU', 'Spam Act 2003 s. 16', NULL),
        ('NZ', 'Unsolicited Electronic Messages Act 2007 s. 9', NULL),
        ('SG', 'PDPA 2012 part 9 (Do Not Call)', NULL),
        ('HK', 'Unsolicited Electronic Messages Ordinance (Cap. 593)', NULL),
        ('IN', 'TCCCPR 2018', NULL),
        ('JP', 'Act on Regulation of Transmission of Specified Electronic Mail art. 3', NULL),
        ('KR', 'Network Act art. 50', NULL),
        ('CN', 'Advertising Law art. 43', NULL),
        ('IL', 'Communications Law s. 30A', NULL),
        ('ZA', 'POPIA s. 69', NULL)
    UNION ALL
    SELECT e.country, 'Directive 2002/58/EC art. 13(1), as the country has it', NULL
    FROM unnest(
        ARRAY[
            'AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU',
            'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK', 'IS', 'LI', 'NO'
        ]
    ) AS e (country)
) AS v (country, source, note);
