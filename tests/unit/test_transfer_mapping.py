import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.errors import InvalidValueError
from accountgraph.transfer.fields import MODELS, fields_of, plain
from accountgraph.transfer.mapping import Mapping, guess, mapping_rows, parse_target, problems, with_derive, with_key, with_map, with_set
from accountgraph.transfer.synonyms import HEADERS, VALUES
from accountgraph.transfer.templates import parse_template

LISTED = ["Symbol", "Security", "GICS Sector", "Headquarters Location", "CIK"]
ROW = ["MMM", "3M", "Industrials", "Saint Paul, Minnesota", "66740"]


def becomes(mapping: Mapping) -> dict[str, str]:
    return {column.header: str(column.target) for column in mapping.columns}


@pytest.mark.parametrize(
    ("entity", "header", "target"),
    [
        ("companies", "Company Name", "name"),
        ("companies", "Account Name", "name"),
        ("companies", "Website", "domain"),
        ("companies", "Company Domain Name", "domain"),
        ("companies", "Account ID", "external_id:salesforce"),
        ("companies", "Record ID", "external_id:hubspot"),
        ("companies", "AccountTier__c", "account_tier"),
        ("contacts", "First Name", "first_name"),
        ("contacts", "Email Address", "email"),
        ("contacts", "E-mail", "email"),
        ("contacts", "Job Title", "title"),
        ("contacts", "Person Linkedin Url", "linkedin_url"),
        ("contacts", "Vorname", "first_name"),
        ("contacts", "Nachname", "last_name"),
        ("contacts", "E-Mail", "email"),
        ("contacts", "Telefon", "phone"),
        ("contacts", "Firma", "company_name"),
        ("companies", "Firma", "name"),
        ("companies", "Webseite", "domain"),
        ("contacts", "LinkedIn", "linkedin_url"),
        ("contacts", "LinkedIn URL", "linkedin_url"),
        ("contacts", "LinkedInUrl", "linkedin_url"),
        ("contacts", "LinkedIn Profile URL", "linkedin_url"),
        ("companies", "LinkedIn Company ID", "external_id:linkedin"),
        ("companies", "Linked Invoice", "attribute:Linked Invoice"),
        ("contacts", "Account ID", "company_key@salesforce"),
        ("contacts", "Company", "company_name"),
        ("contacts", "Website", "company_domain"),
        ("contacts", "Unsubscribed from all email", "communication_preferences.do_not_contact"),
        ("relationships", "From Email", "contact_1_email"),
        ("conversations", "Amount", "estimated_value"),
        ("touchpoints", "Activity Date", "sent_at"),
        ("touchpoints", "conversation_key", "conversation_key@file"),
    ],
)
def test_headers_of_other_systems_are_known(entity: str, header: str, target: str) -> None:
    assert becomes(guess(entity, [header])) == {header: target}


@pytest.mark.parametrize("entity", list(MODELS))
def test_own_field_names_are_always_themselves(entity: str) -> None:
    names = [name for name in fields_of(entity) if name != "id"]
    assert [column.target.name for column in guess(entity, names).columns] == names


@pytest.mark.parametrize("entity", list(MODELS))
def test_every_synonym_is_in_plain_form_and_names_a_target(entity: str) -> None:
    for header, target in HEADERS[entity].items():
        assert plain(header) == header
        parse_target(entity, target.removeprefix("?"), source="file")


def test_every_value_synonym_means_a_value() -> None:
    for name, synonyms in VALUES.items():
        known = {value for entity in MODELS for field in fields_of(entity).values() if field.name == name for value in field.values}
        assert set(synonyms.values()) <= known


def test_the_header_of_a_stock_index_is_suggested_and_not_guessed() -> None:
    mapping = guess("companies", LISTED)
    assert becomes(mapping)["Security"] == "attribute:Security"
    assert [column.suggestion for column in mapping.columns] == ["external_id:ticker", "name", "industry", None, "external_id:sec"]


def test_a_mapping_without_name_and_key_says_what_is_missing_and_what_helps() -> None:
    name, key = problems(guess("companies", LISTED))
    assert "--map 'Security=name'" in name
    assert "--key 'Symbol'" in key
    assert "--derive 'domain={Symbol|slug}.placeholder.invalid'" in key


def test_what_the_user_says_completes_the_mapping() -> None:
    mapping = with_map(guess("companies", LISTED, source="sp500"), "Security=name")
    mapping = with_set(with_key(mapping, "cik"), "country=US")
    mapping = with_derive(mapping, "domain={Symbol|lower}.placeholder.invalid")
    assert problems(mapping) == []
    assert becomes(mapping)["CIK"] == "external_id:sp500"
    assert mapping.fields == {"name", "headquarters_location", "country", "domain"}


def test_two_columns_for_one_field_keep_the_better_one_and_say_so() -> None:
    mapping = guess("companies", ["Website", "Company Domain Name"])
    assert becomes(mapping) == {"Website": "attribute:Website", "Company Domain Name": "domain"}
    assert "'Company Domain Name'" in mapping.columns[0].why


def test_a_column_said_takes_the_field_from_the_guessed_one() -> None:
    mapping = with_map(guess("companies", ["Name", "Legal Name"]), "Legal Name=name")
    assert becomes(mapping) == {"Name": "attribute:Name", "Legal Name": "name"}


def test_a_set_value_takes_the_field_from_a_column() -> None:
    mapping = with_set(guess("companies", ["Name", "Country"]), "country=US")
    assert becomes(mapping)["Country"] == "attribute:Country"


def test_derived_columns_of_an_own_export_and_of_a_rejects_file_are_ignored() -> None:
    mapping = guess("companies", ["rejected_line", "rejected_reason", "name", "total_contacts", "created_at"])
    assert list(becomes(mapping).values()) == ["ignore", "ignore", "name", "ignore", "ignore"]


def test_an_id_is_a_uuid_or_a_key_of_the_file() -> None:
    header = ["ID", "Name"]
    ours = guess("companies", header, examples=[["8f14e45f-ceea-467f-9575-6a1d3a2b1c00", "Acme"]], source="crm")
    theirs = guess("companies", header, examples=[["17", "Acme"]], source="crm")
    assert (becomes(ours)["ID"], becomes(theirs)["ID"]) == ("id", "external_id:crm")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Securty=name", "did you mean 'Security'?"),
        ("Security=nam", "did you mean 'name'"),
        ("Security=total_contacts", "kept by the database"),
        ("Security=name@crm", "takes no @crm"),
        ("Security", "COLUMN=FIELD"),
    ],
)
def test_a_wrong_map_names_the_flag_and_what_comes_near(said: str, word: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^--map: ") as refused:
        with_map(guess("companies", LISTED), said)
    assert word in str(refused.value)


def test_a_column_may_hold_equals_signs() -> None:
    assert becomes(with_map(guess("companies", ["a=b"]), "a=b=name")) == {"a=b": "name"}


@given(st.lists(st.text(max_size=12), unique=True, max_size=8), st.sampled_from(list(MODELS)))
def test_no_column_is_ever_lost_and_no_field_given_twice(header: list[str], entity: str) -> None:
    mapping = guess(entity, header)
    fields = [column.target.name for column in mapping.columns if column.target.becomes == "field"]
    assert list(mapping.header) == header
    assert len(fields) == len(set(fields))


def test_the_table_shows_columns_with_examples_then_what_was_said() -> None:
    mapping = with_set(with_map(guess("companies", LISTED), "Security=name"), "country=US")
    rows = mapping_rows(with_derive(mapping, "domain={Symbol|lower}.placeholder.invalid"), [ROW])
    assert (rows[1].column, rows[1].becomes, rows[1].example, rows[1].why) == ("Security", "name", "3M", "--map says so")
    assert [(row.becomes, row.example) for row in rows[5:]] == [("domain", "mmm.placeholder.invalid"), ("country", "US")]


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("{Symbol|lower}.placeholder.invalid", "mmm.placeholder.invalid"),
        ("{Headquarters Location|slug}", "saint-paul-minnesota"),
        ("{security|digits}{{}}", "3{}"),
        ("{CIK}", "66740"),
        ("{CIK.__class__|lower}", None),
    ],
)
def test_templates_render_columns_through_filters_and_nothing_else(template: str, made: str | None) -> None:
    if made is None:
        with pytest.raises(InvalidValueError, match="there is no column"):
            parse_template(template, LISTED, flag="--derive")
    else:
        assert parse_template(template, LISTED, flag="--derive").render(ROW) == made


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("{Symbl}", "did you mean 'Symbol'?"),
        ("{Symbol|upper}", "there are lower, slug, digits"),
        ("{Symbol", "lone '{'"),
        ("a}b", "lone '}'"),
    ],
)
def test_a_wrong_template_is_refused_with_the_cure(template: str, word: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^--derive: ") as refused:
        parse_template(template, LISTED, flag="--derive")
    assert word in str(refused.value)


def test_nothing_is_derived_by_half() -> None:
    assert parse_template("{Symbol}.invalid", LISTED, flag="--derive").render([" ", "", "", "", ""]) == ""
