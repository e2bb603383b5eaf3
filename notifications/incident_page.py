"""`incident.html`: the figures for a breach notification, to be read and printed."""

from datetime import datetime, timedelta
from typing import Final

from notifications.incident import Incident
from notifications.language import Language, time_zone
from notifications.policy import content_policy
from notifications.prose import link
from notifications.templates import TEMPLATES, asset
from notifications.visible import visible

NAME: Final = "incident.html"


# Verdicts by what became of the records.
_FATES: Final = (
    ("lost",),
    ("stale",),
    ("resurrected",),
    ("review", "unidentified", "unconfirmed"),
    ("restored",),
)


def incident_page(told: Incident, locale: str, made_at: datetime) -> bytes:
    """Render the figures in the language that they are worded in; `locale` writes the numbers."""
    language = Language.of(locale)
    style = asset("report.css")
    page = TEMPLATES.get_template("incident.html").render(
        told=told,
        policy=content_policy(style),
        style=style,
        as_of=language.moment(made_at.astimezone(time_zone(told.timezone))),
        fates=[
            (one.label, [sum(one.verdicts.get(each, 0) for each in fate) for fate in _FATES])
            for one in told.categories
        ],
        language=language,
        _=language.say,
        count=language.count,
        number=language.number,
        visible=visible,
        link=link,
        moment=lambda at: f"{language.moment(datetime.fromisoformat(at))} (UTC{at[-6:]})",
        uncertainty=language.minutes(timedelta(seconds=told.live_at_uncertainty_s)),
    )
    return page.encode()
