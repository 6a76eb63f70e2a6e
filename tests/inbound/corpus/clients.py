"""How mail programs write a reply, by program and language: what stands around the words."""

from __future__ import annotations

import html as escaping
from email.message import EmailMessage
from typing import NamedTuple

WRITER = ("Petra Lang", "petra.lang@kunde.example")
US = ("Alex Morgan", "alex@sender.example")

PITCH = {
    "en": "Hi Petra,\n\nwe help teams like yours to see who is who in an account. Interested in a short call next week?\n\nBest regards,\n"
    "Alex Morgan\n\nIf you do not want to hear from us, reply STOP or unsubscribe here: https://sender.example/u/1",
    "de": "Hallo Frau Lang,\n\nwir helfen Teams wie Ihrem, Kunden als Ganzes zu sehen. Haben Sie nächste Woche Zeit für ein Gespräch?\n\n"
    "Viele Grüße\nAlex Morgan\n\nWenn Sie keine E-Mails mehr möchten, können Sie sich hier abmelden: https://sender.example/u/1",
    "fr": "Bonjour Petra,\n\nnous aidons des équipes comme la vôtre. Seriez-vous intéressée par un échange ?\n\nCordialement\nAlex Morgan\n\n"
    "Pour vous désabonner : https://sender.example/u/1",
}

ATTRIBUTION = {
    "en": "On Mon, Mar 9, 2026 at 10:22 AM {name} <{email}> wrote:",
    "de": "Am Mo., 9. März 2026 um 10:22 Uhr schrieb {name} <{email}>:",
    "fr": "Le lun. 9 mars 2026 à 10:22, {name} <{email}> a écrit :",
    "es": "El lun, 9 mar 2026 a las 10:22, {name} (<{email}>) escribió:",
    "it": "Il giorno lun 9 mar 2026 alle ore 10:22 {name} <{email}> ha scritto:",
    "pt": "Em seg., 9 de mar. de 2026 às 10:22, {name} <{email}> escreveu:",
    "nl": "Op ma 9 mrt 2026 om 10:22 schreef {name} <{email}>:",
    "pl": "pon., 9 mar 2026 o 10:22 {name} <{email}> napisał(a):",
    "sv": "Den mån 9 mars 2026 kl 10:22 skrev {name} <{email}>:",
    "da": "Den man. 9. mar. 2026 kl. 10.22 skrev {name} <{email}>:",
    "no": "man. 9. mar. 2026 kl. 10:22 skrev {name} <{email}>:",
    "fi": "ma 9. maalisk. 2026 klo 10.22 {name} ({email}) kirjoitti:",
    "cs": "po 9. 3. 2026 v 10:22 odesílatel {name} <{email}> napsal:",
    "ru": "пн, 9 мар. 2026 г. в 10:22, {name} <{email}>:",
    "tr": "{name} <{email}>, 9 Mar 2026 Pzt, 10:22 tarihinde şunu yazdı:",
    "ja": "2026年3月9日(月) 10:22 {name} <{email}>:",
    "zh": "{name} <{email}> 于2026年3月9日周一 10:22写道：",
    "ko": "2026년 3월 9일 (월) 오전 10:22, {name} <{email}>님이 작성:",
}
# From, sent, to, subject as Outlook has them.
LABELS = {
    "en": ("From", "Sent", "To", "Subject", "Monday, March 9, 2026 10:22 AM"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Montag, 9. März 2026 10:22"),
    "fr": ("De", "Envoyé", "À", "Objet", "lundi 9 mars 2026 10:22"),
    "es": ("De", "Enviado", "Para", "Asunto", "lunes, 9 de marzo de 2026 10:22"),
    "it": ("Da", "Inviato", "A", "Oggetto", "lunedì 9 marzo 2026 10:22"),
    "pt": ("De", "Enviado", "Para", "Assunto", "segunda-feira, 9 de março de 2026 10:22"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 9 maart 2026 10:22"),
    "pl": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 9 marca 2026 10:22"),
    "sv": ("Från", "Skickat", "Till", "Ämne", "den 9 mars 2026 10:22"),
    "da": ("Fra", "Sendt", "Til", "Emne", "9. marts 2026 10:22"),
    "no": ("Fra", "Sendt", "Til", "Emne", "mandag 9. mars 2026 10:22"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "maanantai 9. maaliskuuta 2026 10.22"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět", "pondělí 9. března 2026 10:22"),
    "ru": ("От", "Отправлено", "Кому", "Тема", "9 марта 2026 г. 10:22"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu", "9 Mart 2026 Pazartesi 10:22"),
    "ja": ("差出人", "送信日時", "宛先", "件名", "2026年3月9日 10:22"),
    "zh": ("发件人", "发送时间", "收件人", "主题", "2026年3月9日 10:22"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "2026년 3월 9일 월요일 오전 10:22"),
}
SENT_FROM = {
    "en": "Sent from my iPhone",
    "de": "Von meinem iPhone gesendet",
    "fr": "Envoyé de mon iPhone",
    "es": "Enviado desde mi iPhone",
    "it": "Inviato da iPhone",
    "pt": "Enviado do meu iPhone",
    "nl": "Verstuurd vanaf mijn iPhone",
    "pl": "Wysłane z iPhone'a",
    "sv": "Skickat från min iPhone",
    "da": "Sendt fra min iPhone",
    "no": "Sendt fra min iPhone",
    "fi": "Lähetetty iPhonesta",
    "cs": "Odesláno z iPhonu",
    "ru": "Отправлено с iPhone",
    "tr": "iPhone'umdan gönderildi",
    "ja": "iPhoneから送信",
    "zh": "发自我的iPhone",
    "ko": "나의 iPhone에서 보냄",
}
BANNER = "CAUTION: This email originated from outside of the organization. Do not click links unless you recognize the sender."


class Letter(NamedTuple):
    """What somebody writes in a mail program, and what it answers."""

    client: str
    language: str
    text: str
    signature: str = ""
    writer: tuple[str, str] = WRITER

    @property
    def pitch(self) -> str:
        return PITCH.get(self.language, PITCH["en"])

    @property
    def attribution(self) -> str:
        return ATTRIBUTION[self.language].format(name=US[0], email=US[1])

    @property
    def signed(self) -> str:
        return f"{self.text}\n\n{self.signature}" if self.signature else self.text


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def as_html(text: str, tag: str = "div") -> str:
    return "".join(f"<{tag}>{escaping.escape(line) or '<br>'}</{tag}>" for line in text.split("\n"))


def header_block(letter: Letter, mark: str = "") -> str:
    sender, sent, to, subject, day = LABELS[letter.language]
    rows = [(sender, f"{US[0]} <{US[1]}>"), (sent, day), (to, f"{letter.writer[0]} <{letter.writer[1]}>"), (subject, "Your accounts")]
    return "\n".join(f"{mark}{label}:{mark} {value}" for label, value in rows)


def gmail(letter: Letter) -> tuple[str, str]:
    quote = (
        f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{escaping.escape(letter.attribution)}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc">{as_html(letter.pitch)}</blockquote></div>'
    )
    signature = (
        f'<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{as_html(letter.signature)}</div>'
        if letter.signature
        else ""
    )
    return (
        f"{letter.signed}\n\n{letter.attribution}\n\n{marked(letter.pitch)}\n",
        f'<div dir="ltr">{as_html(letter.text)}</div>{signature}{quote}',
    )


def gmail_wrapped(letter: Letter) -> tuple[str, str]:
    """Plain alone, its attribution over two lines."""
    first, _, last = letter.attribution.rpartition(" <")
    return f"{letter.signed}\n\n{first}\n<{last}\n\n{marked(letter.pitch)}\n", ""


def outlook(letter: Letter) -> tuple[str, str]:
    rows = header_block(letter).split("\n")
    block = "<br>".join(f"<b>{row.split(':', 1)[0]}:</b>{escaping.escape(row.split(':', 1)[1])}" for row in rows)
    head = "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style><!-- p.MsoNormal {margin:0} --></style></head>"
    words = as_html(letter.signed, "p").replace("<p>", '<p class="MsoNormal">')
    quote = f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0 0 0"><p class="MsoNormal">{block}</p></div>'
    return "", f'{head}<body lang="EN"><div class="WordSection1">{words}{quote}{as_html(letter.pitch, "p")}</div></body></html>'


def outlook_web(letter: Letter) -> tuple[str, str]:
    block = "<br>".join(
        f"<b>{row.split(':', 1)[0]}:</b>{escaping.escape(row.split(':', 1)[1])}" for row in header_block(letter).split("\n")
    )
    signature = f'<div id="Signature"><div>{as_html(letter.signature)}</div></div>' if letter.signature else ""
    return "", (
        f'<html><body dir="ltr"><div class="elementToProof">{as_html(letter.text)}</div>{signature}<div id="appendonsend"></div>'
        f'<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{block}</font></div>'
        f"<div>{as_html(letter.pitch)}</div></body></html>"
    )


def outlook_plain(letter: Letter) -> tuple[str, str]:
    return f"{letter.signed}\n\n-----Original Message-----\n{header_block(letter)}\n\n{letter.pitch}\n", ""


def outlook_rule(letter: Letter) -> tuple[str, str]:
    return f"{letter.signed}\n\n________________________________\n{header_block(letter)}\n\n{letter.pitch}\n", ""


def ios(letter: Letter) -> tuple[str, str]:
    mobile = SENT_FROM[letter.language]
    plain = f"{letter.signed}\n\n{mobile}\n\n> {letter.attribution}\n> \n{marked(letter.pitch)}\n"
    return plain, (
        f'<html><body dir="auto">{as_html(letter.signed)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{mobile}</div>'
        f'<div dir="ltr"><br><blockquote type="cite">{escaping.escape(letter.attribution)}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">{as_html(letter.pitch)}</div></blockquote></body></html>'
    )


def apple(letter: Letter) -> tuple[str, str]:
    return f"{letter.signed}\n\n> {letter.attribution}\n> \n{marked(letter.pitch)}\n", ""


def thunderbird(letter: Letter) -> tuple[str, str]:
    """Answered below the quote."""
    return f"{letter.attribution}\n{marked(letter.pitch)}\n\n{letter.text}\n\n" + (
        f"-- \n{letter.signature}\n" if letter.signature else ""
    ), ""


def thunderbird_html(letter: Letter) -> tuple[str, str]:
    signature = f'<pre class="moz-signature" cols="72">-- \n{escaping.escape(letter.signature)}</pre>' if letter.signature else ""
    return "", (
        f'<html><body>{as_html(letter.text, "p")}{signature}<div class="moz-cite-prefix">{escaping.escape(letter.attribution)}<br></div>'
        f'<blockquote type="cite" cite="mid:1@sender.example">{as_html(letter.pitch, "p")}</blockquote></body></html>'
    )


def yahoo(letter: Letter) -> tuple[str, str]:
    return "", (
        f'<html><body><div class="ydp1a2b3cyahoo-style-wrap"><div dir="ltr">{as_html(letter.signed)}</div></div>'
        f'<div id="ydp9f8e7dyahoo_quoted_1" class="ydp9f8e7dyahoo_quoted"><div><div>{escaping.escape(letter.attribution)}</div><div><br></div>'
        f"<div>{as_html(letter.pitch)}</div></div></div></body></html>"
    )


def proton(letter: Letter) -> tuple[str, str]:
    return "", (
        f'<div style="font-family: Arial">{as_html(letter.text)}</div><div class="protonmail_signature_block"><div>{as_html(letter.signature)}</div>'
        f'<div>Sent with <a href="https://proton.me">Proton Mail</a> secure email.</div></div><div class="protonmail_quote">'
        f'{escaping.escape(letter.attribution)}<br><blockquote class="protonmail_quote" type="cite">{as_html(letter.pitch)}</blockquote></div>'
    )


def zoho(letter: Letter) -> tuple[str, str]:
    line = f"---- On Mon, 09 Mar 2026 10:22:00 +0100 {US[0]} <{US[1]}> wrote ---"
    return f"{letter.signed}\n\n{line}\n\n{letter.pitch}\n", ""


def lotus(letter: Letter) -> tuple[str, str]:
    labels = LABELS[letter.language]
    block = f"{labels[0]}:        {US[0]}/Sender\n{labels[2]}:        {letter.writer[0]}/Kunde@KUNDE\nDate:        09.03.2026 10:22\n{labels[3]}:        Your accounts"
    return f"{letter.signed}\n\n\n\n{block}\n\n\n{letter.pitch}\n", ""


def samsung(letter: Letter) -> tuple[str, str]:
    return f"{letter.signed}\n\nSent from my Galaxy\n\n-------- Original message --------\n{header_block(letter)}\n\n{letter.pitch}\n", ""


def gmx(letter: Letter) -> tuple[str, str]:
    block = "<br>".join(
        f"<b>{row.split(':', 1)[0]}:</b>{escaping.escape(row.split(':', 1)[1])}" for row in header_block(letter).split("\n")
    )
    return (
        "",
        f'<div>{as_html(letter.signed)}</div><div name="quote" style="margin:10px 5px 5px 10px"><div>{block}</div><div>{as_html(letter.pitch)}</div></div>',
    )


def qq(letter: Letter) -> tuple[str, str]:
    return f"{letter.signed}\n\n------------------ 原始邮件 ------------------\n{header_block(letter)}\n\n{letter.pitch}\n", ""


def mailru(letter: Letter) -> tuple[str, str]:
    return "", (
        f"<HTML><BODY>{as_html(letter.signed)}<blockquote style='border-left:1px solid #0857A6'>Понедельник, 9 марта 2026, 10:22 +03:00 от "
        f"{US[0]} &lt;{US[1]}&gt;:<br>&nbsp;{as_html(letter.pitch)}</blockquote></BODY></HTML>"
    )


def bannered(letter: Letter) -> tuple[str, str]:
    """Outlook behind a gateway that warns of outside mail."""
    plain, _ = outlook_rule(letter)
    return f"{BANNER}\n\n{plain}", ""


def bare(letter: Letter) -> tuple[str, str]:
    return f"{letter.signed}\n", ""


def inline(letter: Letter) -> tuple[str, str]:
    """Answers between the lines: `|` in the text is where a quoted line stands."""
    quoted = iter(line for line in letter.pitch.split("\n") if line)
    pieces = [f"> {next(quoted)}\n\n{piece.strip()}" for piece in letter.text.split("|")]
    return f"{letter.attribution}\n\n" + "\n\n".join(pieces) + "\n\n" + "\n".join(
        f"> {line}" for line in quoted
    ) + f"\n\n{letter.signature}\n", ""


def inline_html(letter: Letter) -> tuple[str, str]:
    quoted = iter(line for line in letter.pitch.split("\n") if line)
    pieces = [
        f'<blockquote class="gmail_quote">{escaping.escape(next(quoted))}</blockquote><div>{piece.strip()}</div>'
        for piece in letter.text.split("|")
    ]
    return "", f'<div class="gmail_quote"><div class="gmail_attr">{escaping.escape(letter.attribution)}<br></div>{"".join(pieces)}</div>'


def forward(letter: Letter) -> tuple[str, str]:
    return f"{letter.signed}\n\n---------- Forwarded message ---------\n{header_block(letter)}\n\n\n{letter.pitch}\n", ""


CLIENTS = {
    name: write
    for name, write in globals().items()
    if callable(write) and name not in {"as_html", "marked", "header_block", "Letter", "EmailMessage", "NamedTuple"}
}


def mail_of(letter: Letter, *, subject: str, date: str, headers: dict[str, str]) -> EmailMessage:
    """The whole mail."""
    plain, html = CLIENTS[letter.client](letter)
    mail = EmailMessage()
    mail["From"] = f"{letter.writer[0]} <{letter.writer[1]}>"
    mail["To"] = f"{US[0]} <{US[1]}>"
    mail["Subject"] = subject
    mail["Date"] = date
    mail["Message-ID"] = "<reply@kunde.example>"
    for name, value in headers.items():
        mail[name] = value
    if plain:
        mail.set_content(plain, cte="8bit")
        if html:
            mail.add_alternative(html, subtype="html", cte="8bit")
            mail.set_boundary("=-two-of-the-same")
    else:
        mail.set_content(html, subtype="html", cte="8bit")
    return mail
