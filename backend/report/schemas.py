"""What goes out of /rooms/{id}/report beside the report itself."""

from pydantic import BaseModel, ConfigDict

from backend.report.document import Report


class ReportPage(BaseModel):
    """The report as HTML that is safe to put into a page: no script, everything escaped."""

    model_config = ConfigDict(extra="forbid")

    title: str
    html: str
    report: Report
    """The same as data, so that a page that needs both asks once: a long log takes a while."""
