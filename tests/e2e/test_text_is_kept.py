"""Nothing typed is ever lost."""

from playwright.sync_api import Page, expect

from tests.e2e.room import VERDICT, Room, answer
from tests.e2e.service import Service


def test_a_reload_keeps_the_text_and_the_result(room: Room) -> None:
    room.submit_text("# kept\n" + answer("fuse-conv-bn"))
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT)
    room.page.reload()
    room.expect_text("# kept")
    expect(room.heading("Submit: All")).to_be_visible()
    expect(room.page.get_by_text("Kept in this browser")).to_be_visible()


def test_a_restart_of_the_service_in_the_middle_of_typing(room: Room, mortal: Service) -> None:
    room.write(answer("fuse-conv-bn"))
    mortal.stop()
    room.type_at_end("\n# typed while it was down")
    room.submit()
    expect(room.heading("Torchroom does not answer")).to_be_visible()
    meanwhile = room.page.get_by_text("What you type is kept in this browser meanwhile")
    expect(meanwhile).to_be_visible()
    mortal.start()
    room.expect_text("# typed while it was down")
    expect(room.heading("Submit: All")).to_be_visible(timeout=VERDICT + 30_000)
    expect(meanwhile).to_be_hidden()


def test_the_connection_is_cut_in_the_middle_of_a_run(room: Room) -> None:
    room.write("import time\ntime.sleep(3)\n" + answer("fuse-conv-bn"))
    room.run()
    expect(room.heading("Run: running")).to_be_visible()
    room.page.context.set_offline(True)
    room.page.wait_for_timeout(500)
    room.page.context.set_offline(False)
    expect(room.heading("Run: All 3 cases passed")).to_be_visible(timeout=VERDICT)


def test_a_reload_in_the_middle_of_a_run_finds_it_again(room: Room) -> None:
    room.write("import time\ntime.sleep(2)\n" + answer("fuse-conv-bn"))
    room.run()
    expect(room.heading("Run: running")).to_be_visible()
    room.page.reload()
    expect(room.heading("Run: All 3 cases passed")).to_be_visible(timeout=VERDICT)


def test_a_reset_can_be_undone(room: Room) -> None:
    room.write("# mine\n")
    room.button("Reset").click()
    room.expect_text("def fuse_conv_bn")
    room.button("Undo the reset").click()
    room.expect_text("# mine")


def test_two_tabs_tell_each_other_and_lose_nothing(room: Room) -> None:
    room.write("# first tab\n")
    second = Room(room.page.context.new_page(), room.address.rsplit("/questions", 1)[0]).open()
    second.expect_text("# first tab")
    second.write("# second tab\n")

    expect(room.page.get_by_text("Another tab changed its text")).to_be_visible()
    room.expect_text("# first tab")
    room.button("Show the other text").click()
    room.expect_text("# second tab")
    room.page.get_by_text("Earlier texts").click()
    room.button("Take back").first.click()
    room.expect_text("# first tab")

    # The second tab learns of it and types on all the same; the first one's text is kept.
    expect(second.page.get_by_text("Another tab changed its text")).to_be_visible()
    second.type_at_end("# and more\n")
    second.page.reload()
    second.expect_text("# and more")
    second.page.get_by_text("Earlier texts").click()
    expect(second.page.get_by_text("written in another tab")).to_be_visible()


def test_a_browser_that_stores_nothing_is_said(page: Page, service: Service) -> None:
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    room = Room(page, service.url).open()
    room.type_at_end("# not kept")
    expect(page.get_by_text("Not kept: this browser refuses to store it")).to_be_visible()
