"""By what a report on delivery is told from everything else: cheap to ask, for every mail is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.inbound.bounces.report import TYPES

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|microsoftexchange[0-9a-f]*|mdaemon|bounces?|mailerdaemon"
    r"|mail[-_.]?delivery\S*)@"
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[- _]?(?:daemon|delivery)|postmaster|mail system|delivery (?:sub)?system|system administrator"
    r"|systemadministrator"
    r"|administrateur système|mail router|message center|系统退信|退信|微软|邮件系统|mail\.ru|mdaemon",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|undelivered|non[- ]?d[eé]livr|not delivered|could ?n[o']t be delivered|delivery (?:status|failure|failed"
    r"|has failed|problem)"
    r"|failure notice|returned mail|mail delivery|returning message|message (?:undeliverable|blocked)|rejected:"
    r"|nondeliverable|bounce"
    r"|address not found|failed delivery|delivery error|mail failure|mail system error|permanent error|unzustellbar"
    r"|nicht zugestellt|unzustellbarkeit"
    r"|zustellung fehlgeschlagen|fehlgeschlagen|non remis|échec de (?:la )?remise|non distribu|no se (?:puede|pudo"
    r"|ha podido) entregar|no entregado"
    r"|error de entrega|não entregue|falha na entrega|non recapitabile|mancato recapito|mancata consegna|onbestelbaar"
    r"|niet bezorgd"
    r"|niedostarcz|nie można dostarczyć|не доставлено|недоставлен|не удалось|退信|无法投递|配信不能"
    r"|配信できません|olevererbar|kan ikke leveres"
    r"|iletilemedi|nedoručiteln|배달되지",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"could ?n[o']t (?:be )?deliver|unable to deliver|not (?:be )?delivered|wasn't delivered|did not reach|undeliverable"
    r"|delivery (?:to|failed|has failed|failure)"
    r"|permanent (?:fatal )?error|returned to (?:you|sender)|couldn't reach|qmail-send|nicht zugestellt|konnte nicht"
    r"|n'a pas (?:été|pu)|no se (?:ha|pudo)"
    r"|não foi (?:entregue|possível)|non (?:è stato|recapit)|niet (?:worden )?bezorgd|nie (?:została|można)|не (?:доставлен"
    r"|удалось|может)|退信|投递|配信"
    r"|[45]\d\d[ -]#?[45]\.\d\.\d|\b55\d[ -]",
    re.IGNORECASE,
)
_LOOKED_AT = 3000  # characters of the words
_DELAY_SUBJECT = re.compile(
    r"delay|\(delay\)|warning: (?:could not send|message)|still (?:being )?(?:re)?tr|deferred|verzöger|verspät|retard|retras"
    r"|demora|atras|ritard|vertrag"
    r"|opóźni|задерж|задержк|delivery incomplete|遅延|延迟",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"will (?:continue to |keep )?(?:be )?(?:re)?try(?:ing)?(?: to deliver)?|will retry|will be retried|(?:do not|don't"
    r"|no) need to re-?send"
    r"|no action is required|still trying|not yet been delivered|has not been delivered yet"
    r"|delivery (?:attempts )?will (?:be )?continue|this is a warning"
    r"|warning message only|weiterhin versucht|weitere zustellversuche|noch nicht zugestellt|va continuer"
    r"|nouvelles tentatives|seguirá intentando"
    r"|continuaremos (?:a )?tent|continuará|continuer|wordt opnieuw|ponown|будут продолж|повторн|继续尝试",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"giv(?:en|ing|e) up|permanent|final(?:ly)? fail|failed permanently|has failed|no further attempts"
    r"|will not (?:be )?(?:re)?tr|endgültig",
    re.IGNORECASE,
)


def is_a_report(mail: Mail) -> tuple[str, ...]:
    """Why a mail is a report on delivery; empty where it is none. One sign alone is weak, but for a part that is one."""
    if any(part.type in TYPES for part in mail.parts):
        return ("it has a delivery-status part", "its type says so")
    if mail.header("x-failed-recipients"):
        return ("it has X-Failed-Recipients", "its header says so")
    if "report-type=disposition-notification" in (mail.header("content-type") or "").lower().replace('"', ""):
        return ()
    sender = mail.sender
    from_machine = sender is not None and bool(_DAEMON.match(sender.email) or (sender.name and _DAEMON_NAME.search(sender.name)))
    if not from_machine and mail.return_path != "":
        return ()
    signs = ["its sender is a mail system"] if from_machine else []
    subject = _SUBJECT.search(mail.subject)
    if subject or _DELAY_SUBJECT.search(mail.subject):
        signs.append(f"its subject says “{(subject or _DELAY_SUBJECT.search(mail.subject) or [''])[0]}”")
    elif not from_machine:
        return ()
    if words := _WORDS.search(mail.text[:_LOOKED_AT] or mail.html[: 10 * _LOOKED_AT]):
        signs.append(f"its words say “{' '.join(words[0].split())}”")
    return tuple(signs) if len(signs) > 1 else ()


def speaks_of_delay(mail: Mail, words: str) -> str | None:
    """Why a report is one of a delay, after which the server goes on trying; None where it has given up, or says nothing of it."""
    goes_on = _DELAY.search(words)
    subject = _DELAY_SUBJECT.search(mail.subject)
    if not goes_on and not subject:
        return None
    if _GIVEN_UP.search(words) and not (subject and goes_on):
        return None
    found = goes_on or subject
    return f"it says “{found[0]}”" if found else None
