"""What people come to do, as they do it: with typos, a keyboard, no JavaScript, or 400% zoom."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
OWNER = "Driver and Vehicle Licensing Agency"


def search_for(page: Page, words: str) -> None:
    """Type into the search box of this page and press Enter."""
    box = page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("size", [(1280, 900), (320, 256)], ids=["desktop", "400% zoom"])
def test_a_newcomer_finds_a_service_and_who_owns_it(
    visit: Visit, scripts: bool, size: tuple[int, int]
) -> None:
    page = visit("/", *size, java_script_enabled=scripts)
    search_for(page, "vehical tax")
    page.locator("main").get_by_role("link", name="Tax your vehicle", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tax your vehicle")
    owner = page.locator("main").get_by_role("link", name=OWNER).first
    expect(owner).to_be_visible()
    owner.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(OWNER)
    expect(page.locator("main").get_by_role("link", name="Tax your vehicle").first).to_be_visible()


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Press Tab until the focus is there; it must be visible and where the reader can see it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            assert page.evaluate(
                """() => {
                  const box = document.activeElement.getBoundingClientRect();
                  return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
                }"""
            )
            return
    raise AssertionError(f"Tab never reached {selector}")


def test_the_skip_link_leads_to_the_content(visit: Visit) -> None:
    page = visit("/services")
    # Its script is imported, and may come after the page's load event.
    expect(page.locator(".govuk-skip-link[data-govuk-skip-link-init]")).to_be_attached()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("govuk-skip-link")
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_filters_by_keyboard_only(visit: Visit, scripts: bool) -> None:
    page = visit("/services", java_script_enabled=True)
    if not scripts:
        page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.reload()
    tab_to(page, "main input[name=phase][value=live]")
    page.keyboard.press("Space")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"phase=live"))
    assert page.locator("input[name=phase][value=live]").is_checked()
    tab_to(page, "main a[href^='/services/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/services/[a-z-]+$"))
    expect(page.locator("main")).to_contain_text("Live")


def test_no_keyboard_trap(visit: Visit) -> None:
    page = visit("/services")
    seen = []
    for _ in range(400):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        if seen[-1].startswith("<body") or (len(seen) > 3 and seen[-1] == seen[0]):
            return
    raise AssertionError(f"the focus never came round; last at {seen[-1]}")


def test_an_empty_search_says_what_to_do(visit: Visit) -> None:
    page = visit("/services?q=zzzzqqqq", java_script_enabled=False)
    expect(page.locator("main")).to_contain_text(re.compile("no services|0 services", re.I))
    expect(page.locator("main input[name=q]")).to_have_value("zzzzqqqq")


def test_a_journey_leads_to_its_services_and_organisations(visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)
    page.get_by_role("navigation").get_by_role("link", name="Journeys").click()
    page.locator("main").get_by_role("link", name="Learn to drive a car").click()
    page.locator("main a[href='/services/book-driving-test']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("driving test")
    page.locator("main a[href='/journeys/learn-to-drive-a-car']").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn to drive a car")


def test_targets_are_large_enough_on_a_narrow_screen(visit: Visit) -> None:
    for path in ("/services", "/services/tax-your-vehicle", "/organisations"):
        page = visit(path, width=320)
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, input:not([type=hidden]), select')]
              .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
              .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
              .map(([html]) => html)"""
        )
        assert not small, path


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_pages_work_with_a_readers_settings(visit: Visit, media: dict[str, str]) -> None:
    page = visit("/services", **media)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_print_leaves_the_navigation_out(visit: Visit) -> None:
    page = visit("/services/tax-your-vehicle")
    page.emulate_media(media="print")
    expect(page.locator(".govuk-service-navigation")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_welsh_names_say_that_they_are_welsh(visit: Visit) -> None:
    page = visit("/services/renew-driving-licence")
    assert page.locator("main [lang=cy]").count() > 0
