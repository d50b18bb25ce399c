"""The report of a mail server that it could not deliver a mail, as RFC 3464 has it."""

from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

NO_SUCH_PERSON = "smtp; 550 5.1.1 <aigul@example.test>: no such person"


def report_on(
    mail: EmailMessage,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = NO_SUCH_PERSON,
    headers_alone: bool = False,
    kind: str = "delivery-status",
) -> bytes:
    """About the mail as it arrived."""
    whole = MIMEMultipart("report", **{"report-type": kind})
    whole["From"], whole["To"] = "MAILER-DAEMON@mx.example.test", mail["From"]
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole.attach(MIMEText("I am sorry to have to tell you that your mail could not be delivered."))
    whole.attach(_status_part(action, status, diagnostic))
    if headers_alone:
        whole.attach(
            MIMEText("".join(f"{name}: {value}\n" for name, value in mail.items()), "rfc822-headers")
        )
    else:
        whole.attach(MIMEMessage(mail))
    return whole.as_bytes()


def _status_part(action: str, status: str, diagnostic: str) -> MIMEBase:
    of_the_mail, of_the_recipient = Message(), Message()
    of_the_mail["Reporting-MTA"] = "dns; mx.example.test"
    of_the_recipient["Final-Recipient"] = "rfc822; aigul@example.test"
    of_the_recipient["Action"], of_the_recipient["Status"] = action, status
    of_the_recipient["Diagnostic-Code"] = diagnostic
    part = MIMEBase("message", "delivery-status")
    part.set_payload([of_the_mail, of_the_recipient])
    return part
