"""The documents about all customers at once: the report, and what it links to."""

from notifications import incident, incident_page, worklist_workbook
from notifications.language import Language
from notifications.report import page
from notifications.report_data import ReportData


def overview(data: ReportData) -> dict[str, bytes]:
    """Render them by file name; the report, which links to the others, is the last one.

    Raises `BalanceError` if the worklist's workbook lacks a customer.
    """
    locale = data.facts.default_locale
    told = incident.incident(
        data.facts,
        data.catalogue,
        data.findings,
        malformed_lines=data.lines.malformed,
        unattributed_writes=data.unattributed.height,
        notices=len(data.worklist),
    )
    return {
        incident.NAME: incident.incident_json(told),
        incident_page.NAME: incident_page.incident_page(told, locale, data.made_at),
        worklist_workbook.NAME: worklist_workbook.worklist_workbook(
            data.worklist, Language.of(locale)
        ),
        page.NAME: page.render_report(data),
    }
