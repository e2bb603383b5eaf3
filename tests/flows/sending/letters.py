"""E-mails such as a run writes, small ones."""

from flows.sending.letter import Letter, read_letter

TEXT = "Guten Tag,\r\n\r\n.\r\n..und noch eine Zeile\r\n"


def eml(recipient: str = "wehr@example.org", *, number: object = 1, text: str = TEXT) -> bytes:
    return (
        "From: Support <support@example.org>\r\n"
        f"To: {recipient}\r\n"
        f"Subject: Umzug ({number})\r\n"
        "X-Unsent: 1\r\n"
        f"Message-ID: <{number}@example.org>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\n'
        "\r\n" + text
    ).encode("ascii")


def letter(recipient: str = "wehr@example.org", *, number: object = 1, text: str = TEXT) -> Letter:
    return read_letter(eml(recipient, number=number, text=text))
