"""The database is away, or all of the service: the page says which, keeps what is typed, recovers.

The service itself is whole: refusals as it would give them without its database stand in the place
of its answers.
"""

import json
import re

from playwright.sync_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from tests.e2e.room import VERDICT, Room, answer
from tests.e2e.seats import SOON, Seat, new_room, sit_down
from tests.e2e.service import Service


def banner(page: Page) -> Locator:
    return page.locator(".banners")


def database_away(route: Route) -> None:
    route.fulfill(
        status=503,
        headers={"Retry-After": "2"},
        content_type="application/problem+json",
        json={
            "type": "/problems/database-away",
            "title": "The database does not answer",
            "status": 503,
            "detail": "Torchroom cannot reach its database at the moment.",
            "code": "database-away",
        },
    )


# What the service can say without its database goes on being answered.
NEEDS_DATABASE = ("**/readyz", "**/api/v1/runs", "**/api/v1/runs/*", "**/api/v1/practice")


def database_goes(page: Page, *more: str) -> None:
    for address in (*NEEDS_DATABASE, *more):
        page.route(address, database_away)


def database_returns(page: Page, *more: str) -> None:
    for address in (*NEEDS_DATABASE, *more):
        page.unroute(address)


def test_a_submit_waits_for_the_database_and_is_sent_by_itself(room: Room) -> None:
    page = room.page
    database_goes(page)
    room.submit_text("# mine\n" + answer("fuse-conv-bn"))
    expect(room.heading("The database does not answer")).to_be_visible()
    expect(room.result).to_contain_text(re.compile("Submit is sent again in|Sending again"))
    expect(banner(page)).to_contain_text("Torchroom cannot reach its database. Trying again every")
    page.wait_for_timeout(5_000)
    expect(banner(page)).to_contain_text("Torchroom cannot reach its database.")
    room.expect_text("# mine")
    database_returns(page)
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)
    expect(banner(page)).not_to_contain_text("database")


def test_a_page_without_its_database_fills_by_itself(page: Page, service: Service) -> None:
    database_goes(page, "**/api/v1/questions")
    page.goto(service.url)
    expect(page.get_by_role("main")).to_contain_text("Torchroom cannot reach its database")
    database_returns(page, "**/api/v1/questions")
    expect(page.get_by_role("link", name="Layer normalisation")).to_be_visible(timeout=5_000)
    expect(banner(page)).not_to_contain_text("database")


def test_a_verdict_that_came_while_the_page_was_reloaded_without_a_database(room: Room) -> None:
    page = room.page
    room.submit_text(answer("fuse-conv-bn"))
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)
    database_goes(page)
    room.open()
    expect(banner(page)).to_contain_text("Torchroom cannot reach its database.")
    database_returns(page)
    expect(room.heading("Submit: All")).to_be_visible(timeout=5_000)


def test_a_room_whose_server_dies_says_so_and_recovers(browser: Browser, mortal: Service) -> None:
    links = new_room(mortal.url, question="layer-norm")
    seat = sit_down(browser, links.candidate).begin().go_on_to_code()
    mortal.kill()
    seat.type_at_end("# typed meanwhile")
    seat.expect_offline()
    # At once, not when the page would have asked by itself.
    expect(banner(seat.page)).to_contain_text("Torchroom does not answer.", timeout=6_000)
    mortal.start()
    seat.expect_saved()
    expect(banner(seat.page)).not_to_contain_text("Torchroom does not answer.", timeout=6_000)
    seat.page.context.close()


class Between:
    """Between a room's page and its service; stores nothing while `is_away`."""

    def __init__(self, page: Page) -> None:
        self.is_away = False
        self.refused = 0
        page.route_web_socket(re.compile("/socket$"), self._open)

    def _open(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            told = json.loads(message)
            if not (self.is_away and told["type"] == "command"):
                server.send(message)
                return
            self.refused += told["kind"] != "cursor"
            detail = "Torchroom cannot reach its database."
            refusal = {"id": told["id"], "code": "not-stored", "detail": detail}
            line.send(json.dumps({"type": "refused", **refusal, "retry_after": 1}))

        line.on_message(pass_on)


def test_a_room_keeps_what_could_not_be_stored_and_stores_it_later(
    page: Page, service: Service
) -> None:
    links = new_room(service.url, question="layer-norm")
    between = Between(page)
    page.set_default_timeout(SOON)
    seat = Seat(page, links.candidate).open().begin().go_on_to_code()
    seat.replace_code("before ")
    seat.expect_saved()
    between.is_away = True
    page.route("**/readyz", database_away)
    seat.type_at_end("meanwhile")
    expect(banner(page)).to_contain_text("Torchroom cannot reach its database.", timeout=5_000)
    page.get_by_role("textbox", name="Say").fill("Are you there?")
    page.keyboard.press("Enter")
    page.wait_for_timeout(3_000)
    assert between.refused >= 3, "it is tried again"
    expect(page.locator(".saved")).not_to_contain_text("Saved")
    expect(page.locator(".notice")).to_have_count(0)
    between.is_away = False
    page.unroute("**/readyz")
    seat.expect_saved()
    seat.expect_text("before meanwhile")
    expect(seat.talk.get_by_text("Are you there?")).to_have_count(1)
    expect(banner(page)).not_to_contain_text("database")
