"""The pages that Django draws, in a real browser under our policy: the API's documentation, sign-in."""

from playwright.sync_api import expect


def test_the_documentation_of_the_api_is_drawn_and_calls_the_api(studio_page, studio_server):
    studio_page.goto(f"{studio_server.url}api/docs/")

    expect(studio_page.locator(".info .title")).to_contain_text("FlowStudio")
    call = studio_page.locator("#operations-me-me_read")
    call.locator(".opblock-summary").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")


def test_who_signs_out_meets_the_sign_in_page_in_light_and_dark(studio_page, studio_server):
    studio_page.context.clear_cookies()
    colours = []
    for scheme in ("light", "dark"):
        studio_page.emulate_media(color_scheme=scheme)
        studio_page.goto(studio_server.url)
        expect(studio_page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(studio_page.get_by_label("Username")).to_be_focused()
        colours.append(studio_page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert colours[0] != colours[1]
