"""What goes out of /rooms/{id}/report beside the report itself."""

from pydantic import BaseModel, ConfigDict


class ReportPage(BaseModel):
    """The report as HTML that is safe to put into a page: no script, everything escaped."""

    model_config = ConfigDict(extra="forbid")

    title: str
    html: str
