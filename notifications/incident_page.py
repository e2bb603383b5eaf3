"""`incident.html`: the figures for a breach notification, to be read and printed."""

from datetime import datetime, timedelta
from typing import Final

from notifications.incident import Incident
from notifications.language import Language
from notifications.prose import link
from notifications.templates import TEMPLATES
from notifications.visible import visible

NAME: Final = "incident.html"


def incident_page(told: Incident, locale: str) -> bytes:
    """Render the figures in the language that they are worded in; `locale` writes the numbers."""
    language = Language.of(locale)
    page = TEMPLATES.get_template("incident.html").render(
        told=told,
        language=language,
        _=language.say,
        number=language.number,
        visible=visible,
        link=link,
        moment=lambda at: f"{language.moment(datetime.fromisoformat(at))} (UTC{at[-6:]})",
        uncertainty=language.minutes(timedelta(seconds=told.live_at_uncertainty_s)),
    )
    return page.encode()
