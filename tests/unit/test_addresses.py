import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, given
from hypothesis import strategies as st

from accountgraph.addresses import domain_key, email_key, shared_domain_kind
from accountgraph.errors import InvalidValueError

words = st.text(alphabet="aZk9.-_+é\u0308\u0331\u212aİßü中@ ", min_size=0, max_size=12)
any_text = st.one_of(st.text(max_size=40), words)
addresses = st.one_of(st.emails(), st.builds("{}@{}".format, words, st.one_of(st.just("Acme.com"), words)), any_text)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("John.Smith@Acme.COM", "john.smith@acme.com"),
        ("  john@acme.com\n", "john@acme.com"),
        ("o'brien+news@acme.co.uk", "o'brien+news@acme.co.uk"),
        ("JÖRG@München.DE", "jÖrg@xn--mnchen-3ya.de"),
        ("info@xn--mnchen-3ya.de", "info@xn--mnchen-3ya.de"),
        ("demo@acme.test", "demo@acme.test"),
        (f"a@{'b' * 63}.com", f"a@{'b' * 63}.com"),
    ],
)
def test_spellings_of_one_mailbox_share_a_key(written: str, key: str) -> None:
    assert email_key(written) == key


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("", "leave the field out"),
        ("acme.com", "must have an @-sign"),
        ("John Smith <john@acme.com>", "write the bare address, 'john@acme.com'"),
        ("a@acme.com; b@acme.com", "give one address"),
        ("a@localhost", "should have a period"),
        ("a@acme.invalid", "reserved name"),
        ("a..b@acme.com", "two periods"),
        ("a\0@acme.com", "U+0000"),
        ("a@1.2.3.4", "top-level domain"),
        (f"a@{'b' * 64}.com", "so many characters"),
        ("a" * 300 + "@acme.com", "has 309 characters"),
        ("a" * 1_000_000, "has 1,000,000 characters"),
    ],
)
def test_a_bad_address_is_refused_with_the_cure(bad: str, word: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^email: ") as refused:
        email_key(bad)
    assert word in str(refused.value)
    assert refused.value.field == "email"
    assert len(str(refused.value)) < 500


@given(addresses)
def test_an_email_key_is_always_its_own_key(address: str) -> None:
    try:
        key = email_key(address)
    except InvalidValueError:
        return
    assert email_key(key) == key
    assert len(key) <= 254


@given(addresses)
def test_the_quick_verdict_on_an_address_is_always_the_validators(address: str) -> None:
    try:
        valid = validate_email(address.strip(), check_deliverability=False, test_environment=True)
        accepted = "." in valid.ascii_domain
    except EmailNotValidError:
        accepted = False
    if accepted:
        assert email_key(address).rpartition("@")[2] == valid.ascii_domain
    else:
        with pytest.raises(InvalidValueError):
            email_key(address)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Acme.com", "acme.com"),
        ("https://www.acme.com/about", "acme.com"),
        ("HTTP://user:secret@Acme.com:8080/x?y=1#z", "acme.com"),
        ("www.acme.com", "acme.com"),
        ("acme.com.", "acme.com"),
        ("www.com", "www.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("shop.acme.co.uk/", "shop.acme.co.uk"),
        ("mmm.placeholder.invalid", "mmm.placeholder.invalid"),
        ("linkedin.com", "linkedin.com"),
    ],
)
def test_a_domain_or_web_address_names_one_domain(written: str, key: str) -> None:
    assert domain_key(written) == key


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("", "leave the field out"),
        ("https://", "leave the field out"),
        ("acme", "it has no dot"),
        ("Acme Corp.", "no spaces"),
        ("john@acme.com", "after the @"),
        ("192.168.0.1", "IP address"),
        ("http://[::1]/", "IP address"),
        ("-acme.com", "hyphen"),
        ("acme.1", "ends like .com"),
        ("a" * 300 + ".com", "has 304 characters"),
        ("https://www.linkedin.com/company/acme", "a page on linkedin.com"),
    ],
)
def test_what_is_no_company_domain_is_refused_with_the_cure(bad: str, word: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^domain: ") as refused:
        domain_key(bad)
    assert word in str(refused.value)


@given(st.one_of(any_text, words.map("https://www.{}.com/".format), words.map("{}.de".format)))
def test_a_domain_key_is_always_its_own_key(text: str) -> None:
    try:
        key = domain_key(text)
    except InvalidValueError:
        return
    assert domain_key(key) == key
    assert key.isascii()
    assert len(key) <= 253


@given(addresses)
def test_the_domain_of_an_email_key_is_always_a_domain_key(address: str) -> None:
    try:
        domain = email_key(address).rpartition("@")[2]
    except InvalidValueError:
        return
    assume(not domain.startswith("www."))
    assert domain_key(domain) == domain


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("gmail.com", "free-mail"),
        ("privaterelay.appleid.com", "free-mail"),
        ("t-online.de", "free-mail"),
        ("mailinator.com", "disposable"),
        ("anything.mailinator.com", "disposable"),
        ("em1234.sendgrid.net", "provider"),
        ("eu-west-1.amazonses.com", "provider"),
        ("myshopify.com", "provider"),
        ("acme.myshopify.com", None),
        ("acme.com", None),
    ],
)
def test_shared_domains_are_told_from_company_domains(domain: str, kind: str | None) -> None:
    assert shared_domain_kind(domain) == kind


@pytest.mark.parametrize("domain", ["alibaba.com", "cox.com", "linkedin.com", "facebook.com", "nus.edu.sg", "microsoft.com", "sap.com"])
def test_an_employer_is_no_shared_domain_whatever_the_lists_say(domain: str) -> None:
    assert shared_domain_kind(domain) is None
