"""Finding a component by need, the toolkit of each phase, and the map."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.queries import statements
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

FIND = "/find-a-component"
SEARCH = 6  # so few needs match that the search asks again for some of the words
STEPS = [{"text": "Make an account", "days": 0}, {"text": "Connect the API", "days": 5}]
MAP = {"rationale": "Because.", "source": "https://a.example/"}


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    add_organisation(session, "ministry")
    for group, needs in {
        "messages": ["send-letters", "send-emails"],
        "payments": ["card-payments", "direct-debit"],
    }.items():
        add_capability(session, group)
        for need in needs:
            keywords = ["take a payment"] if need == "card-payments" else []
            add_capability(session, need, group, keywords=keywords)
    add_component(
        session, "notify", "send-letters", "send-emails", steps=STEPS, has_interface=False,
        how_to_start="https://notify.example/start", sectors=["central_government", "nhs"],
        eligibility_note="Not for fun.",
        prices=[
            {"item": "Email", "unit": "email", "pence": "0"},
            {"item": "Letter", "unit": "letter", "pence": "54", "until": "2020-01-01"},
            {"item": "Letter", "unit": "letter", "pence": "63.8", "since": "2020-01-01"},
        ],
        mandates=[
            {"scope": "Central services", "since": "2024-02-23", "policy": "https://p.example/"},
            {"scope": "Old rule", "since": "2010-01-01", "until": "2012-01-01"},
        ],
        evolution=[{"stage": "custom", "since": "2016-05-01", **MAP},
                   {"stage": "commodity", "since": "2024-02-23", **MAP}],
    )  # fmt: skip
    add_component(
        session, "post-room", "send-letters", sectors=["schools"], lifecycle="beta",
        steps=[{"text": "Write to us", "days": None}, {"text": "Begin", "days": 1}],
    )  # fmt: skip
    add_component(session, "silent", "send-letters", sectors=[], lifecycle="alpha")
    add_component(
        session, "old-post", "send-letters", lifecycle="closed", closes_on="2020-03-01",
        successor="notify", evolution=[{"stage": "product", "since": "2010-01-01", **MAP}],
    )  # fmt: skip
    for number in range(5):
        add_service(session, f"service-{number}", owner="ministry",
                    yearly_transactions=number * 10, transactions_to="2020-03-31")  # fmt: skip
        seen = {"since_basis": "seen"} if number == 4 else {}
        since = f"202{number}-06-01"
        service = f"service-{number}"
        add_usage(session, service, "send-letters", component="notify", since=since, **seen)
    add_usage(session, "service-1", "send-emails", component="notify")
    add_usage(session, "service-2", "direct-debit")
    add_usage(session, "service-3", "direct-debit", arrangement="bought_product", product="D")
    add_usage(session, "service-4", "direct-debit", arrangement="by_hand", status="stopped",
              until="2021-01-01")  # fmt: skip
    session.expunge_all()


def main_of(client: PageClient, address: str) -> BeautifulSoup:
    main = soup_of(client.get(address)).select_one("main")
    assert main is not None
    return main  # type: ignore[return-value]


def text_of(client: PageClient, address: str) -> str:
    return " ".join(main_of(client, address).get_text(" ").split())


def section(page: BeautifulSoup, title: str) -> str:
    """The text from an h2 to the next."""
    heading = next(h for h in page.select("h2") if h.get_text().strip().startswith(title))
    found = []
    for tag in heading.find_next_siblings():
        if tag.name == "h2":
            break
        found.append(tag.get_text(" "))
    return " ".join(" ".join(found).split())


def items(client: PageClient, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert answer.json is not None and answer.json["count"] == len(answer.json["items"])
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def test_the_first_page_has_every_need_and_nothing_to_put_right(client: PageClient) -> None:
    page = main_of(client, FIND)
    assert [box["value"] for box in page.select("input[name=need]")] == [
        "send-letters", "send-emails", "card-payments", "direct-debit",
    ]  # fmt: skip
    assert page.select("input[name=sector][checked]")[0]["value"] == ""
    assert not page.select(".govuk-error-summary, .portal-find__card")
    assert items(client, FIND + ".json") == []


def test_a_need_in_words_leads_to_the_first_step(client: PageClient) -> None:
    page = main_of(client, FIND + "?q=send+letters")
    card = page.select_one(".portal-find__card")
    assert card is not None
    assert card.select_one("h3 a")["href"] == "/components/notify"  # type: ignore[index]
    first = card.select_one(".portal-find__first")
    assert first is not None and "Make an account" in first.get_text()
    assert first.select_one("a")["href"] == "https://notify.example/start"  # type: ignore[index]
    assert "Open to: Central government and NHS. Only for: Not for fun." in text_of(
        client, FIND + "?q=send+letters"
    )


def test_what_a_card_says(client: PageClient) -> None:
    card = main_of(client, FIND + "?need=send-letters&sector=nhs").select(".portal-find__card")[0]
    said = " ".join(card.get_text(" ").split())
    assert "Yes, within a limit." in said
    assert "Typically 5 days in all." in said and "All 2 steps" in said
    assert "Letter: 63.8p per letter" in said and "54" not in said
    order = ["May you use it?", "First step", "Price now", "How long it takes", "Who uses it"]
    assert sorted(order, key=said.index) == order
    assert said.index("Letter") < said.index("Email: Free")
    assert "Mandated since 23 February 2024: Central services." in said and "Old rule" not in said
    assert (
        "For this need: 5 services with Notify : Service 4 , Service 3 , Service 2 and 2 more"
        in said
    )
    link = "/services?component=notify&capability=send-letters"
    assert [a.get_text() for a in card.select(f"a[href='{link}']")][1] == "and 2 more"
    assert "other needs" not in said
    assert "An API you build on, or ready with its own pages" in said


def test_who_may_not_use_it_stands_apart(client: PageClient) -> None:
    page = main_of(client, FIND + "?need=send-letters&sector=schools")
    cards = [a["href"] for a in page.select(".portal-find__card h3 a")]
    assert cards == ["/components/post-room", "/components/silent"]
    said = " ".join(page.select(".portal-find__card")[0].get_text(" ").split())
    assert "Not known: only 1 of its 2 steps has a time." in said
    assert "No recorded users" in said and "Price now Not published." in said
    assert "Who may use it is not said" in page.select(".portal-find__card")[1].get_text(" ")
    assert "Notify" in section(page, "Not open to you")


def test_nothing_for_me(client: PageClient) -> None:
    page = main_of(client, FIND + "?need=send-emails&sector=police")
    assert section(page, "No component that you may use")
    assert not page.select(".portal-find__card")


def test_what_ends_is_only_named_apart(client: PageClient) -> None:
    page = main_of(client, FIND + "?need=send-letters")
    assert "old-post" not in str(page.select(".portal-find__card"))
    said = section(page, "Not for new services")
    assert "Old post Closed" in said and "Closed on 1 March 2020." in said and "Notify" in said
    assert "old-post" not in client.get(FIND + ".json?need=send-letters").text


def test_a_need_that_nothing_meets(client: PageClient) -> None:
    page = main_of(client, FIND + "?need=direct-debit&need=send-emails")
    said = section(page, "No shared component for this yet: Direct debit")
    assert "Own build: 1 service" in said and "Bought product: 1 service" in said
    assert "By hand" not in said  # it has stopped
    assert "1 of your 2 needs : Send emails" in " ".join(page.get_text(" ").split())
    assert page.select("a[href='/find-a-component?need=send-emails']")
    page = main_of(client, FIND + "?need=card-payments")
    assert "No service in this catalogue" in section(page, "No shared component for this yet")


def test_words_for_a_group_and_words_that_mean_more(client: PageClient) -> None:
    asked = section_of_needs(client, "?q=messages")
    assert asked == ["Send letters", "Send emails"]
    assert "card-payments" in str(main_of(client, FIND + "?q=how+do+I+take+a+payment"))
    assert main_of(client, FIND + "?need=messages").select("input[checked][value=send-emails]")


def section_of_needs(client: PageClient, query: str) -> list[str]:
    asked = main_of(client, FIND + query).select(".portal-find__asked > div")[0]
    for tag in asked.select(".govuk-visually-hidden, [aria-hidden]"):
        tag.decompose()
    return [" ".join(tag.get_text().split()) for tag in asked.select("dd li")]


def test_one_form_keeps_words_needs_and_who_asks(client: PageClient) -> None:
    for query in ("", "?q=send+letters&need=direct-debit&sector=nhs"):
        page = main_of(client, FIND + query)
        forms = page.select("form")
        assert len(forms) == 1
        names = [tag["name"] for tag in forms[0].select("input")]
        assert list(dict.fromkeys(names)) == ["q", "organisation", "sector", "need"]
    assert page.select("input[name=q]")[0]["value"] == "send letters"
    # What only words mean is not ticked: other words may take its place.
    assert [tag["value"] for tag in page.select("input[name=need][checked]")] == ["direct-debit"]
    assert [tag["value"] for tag in page.select("input[name=sector][checked]")] == ["nhs"]
    found = section_of_needs(client, "?q=send+letters&need=direct-debit&sector=nhs")
    assert found == ["Direct debit", "Send letters"]
    said = text_of(client, FIND + "?q=zzzzqq&need=send-letters")
    assert "No need matches “zzzzqq”" in said and "Post room" in said


def test_words_that_name_a_component_say_so_first(client: PageClient) -> None:
    page = main_of(client, FIND + "?q=old+post")
    assert " ".join(page.select(".portal-named li")[0].get_text().split()) == (
        "Component: Old post – Closed on 1 March 2020; now use Notify."
    )
    assert page.select(".portal-named a[href='/components/notify']")
    assert not main_of(client, FIND + "?q=letters").select(".portal-named")


def test_a_limit_stands_apart_from_a_plain_yes(client: PageClient, session: Session) -> None:
    add_component(session, "stamp", "send-letters")
    page = main_of(client, FIND + "?need=send-letters&sector=nhs")
    assert "Stamp" in section(page, "1 component for you")
    said = section(page, "2 components you may be able to use")
    assert "Yes, within a limit." in said and "Notify" in said and "Silent" in said
    found = items(client, FIND + ".json?need=send-letters&sector=nhs")
    assert {row["component"]: row["limited"] for row in found}["notify"] is True
    page = main_of(client, FIND + "?need=send-letters&sector=schools")
    assert "Only for: Not for fun." in section(page, "Not open to you")


@pytest.mark.parametrize(
    ("query", "said", "target"),
    [
        ("?q=", "Enter what you need to do, or select what you need", "#q"),
        ("?sector=", "Select what you need", "#need"),
    ],
)
def test_nothing_asked_for(client: PageClient, query: str, said: str, target: str) -> None:
    page = soup_of(client.get(FIND + query))
    link = page.select_one(".govuk-error-summary a")
    assert link is not None and link.get_text() == said and link["href"] == target
    answer = client.get(FIND + ".json" + query)
    assert answer.status_code == 400 and said in answer.text


def test_what_is_not_known_is_said(client: PageClient) -> None:
    said = text_of(client, FIND + "?q=zzzzqq")
    assert "No need matches “zzzzqq”" in said and "Or choose what you need" in said
    said = text_of(client, FIND + "?need=flying&sector=mars&colour=red")
    assert "colour" in said and "need=flying" in said and "sector=mars" in said
    assert client.get(FIND + ".json?need=flying").status_code == 400


def test_downloads(client: PageClient) -> None:
    found = items(client, FIND + ".json?need=send-letters&need=send-emails&sector=nhs")
    assert [row["component"] for row in found] == ["notify", "silent", "post-room"]
    first = found[0]
    assert first["may_use"] is True and first["typical_days"] == 5 and first["mandated"] is True
    assert first["meets"] == ["send-letters", "send-emails"] and first["users"] == 5
    assert found[1]["may_use"] is None and found[2]["may_use"] is False
    answer = client.get(FIND + ".csv?need=send-letters")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0]["component"] == "notify" and rows[0]["used_by"].startswith("Service 4")


def test_the_toolkit(client: PageClient) -> None:
    assert "Discovery phase" in text_of(client, "/toolkit")
    assert [row["phase"] for row in items(client, "/toolkit.json")] == [
        "discovery", "alpha", "beta", "live",
    ]  # fmt: skip
    assert client.get("/toolkit.csv").status_code == 200
    assert client.get("/toolkit/nothing").status_code == 404
    assert client.get("/toolkit.json?colour=red").status_code == 400


def test_a_phase_lists_what_is_open_best_first(client: PageClient, session: Session) -> None:
    add_capability(session, "letters", "messages")
    add_component(session, "letter-api", "letters", provider="ministry")
    add_component(session, "letters-gone", "letters", lifecycle="deprecated")
    page = main_of(client, "/toolkit/alpha")
    shown = section(page, "Components that matter now")
    assert "Letter api Live Open to anyone" in shown and "gone" not in shown
    assert page.select("a[href='/find-a-component?need=letters']")
    assert page.select("a[href='/services?phase=alpha']")
    beta = main_of(client, "/toolkit/beta")
    assert beta.select("a[href='/services?phase=private_beta&phase=public_beta']")
    answer = client.get("/toolkit/alpha.json").json
    assert answer is not None
    assert [need["capability"] for need in answer["needs"]] == ["card-payments", "letters"]
    assert answer["needs"][1]["components"][0]["component"] == "letter-api"
    assert "letter-api" in client.get("/toolkit/alpha.csv").text


def test_the_map_today(client: PageClient) -> None:
    page = main_of(client, "/component-map")
    assert [" ".join(t.get_text(" ").split()) for t in page.select(".portal-map__name")] == [
        "Notify"
    ]
    row = " ".join(page.select("#stages tbody tr")[0].get_text(" ").split())
    assert "Commodity" in row and "since 23 February 2024" in row and " 5 services Open to" in row
    assert len(page.select("#history tbody tr")) == 2
    assert "Central government and NHS . Only for: Not for fun." in row.replace("NHS.", "NHS .")
    assert "Only for those who may use it (Not for fun)." in row
    assert "1 of 3 components is placed so far." in " ".join(page.get_text().split())
    assert page.select(".portal-jump a[href='#stages']")
    assert "Post room" in section(page, "Not on the map")
    assert "Old post" not in page.select("#stages")[0].get_text()
    said = section(page, "Closed today")
    assert said.startswith("Old post : Closed on 1 March 2020; now use Notify .")
    drawn = client.get("/component-map.svg?group=messages")
    assert ">Notify</text>" in drawn.text and ">Commodity</text>" in drawn.text
    assert "Not live yet: alpha or beta" in drawn.text and 'r="7"' in drawn.text
    assert client.get("/component-map.png").data.startswith(b"\x89PNG")
    assert client.get("/component-map.svg?group=payments").status_code == 404
    assert client.get("/component-map.svg?group=x").status_code == 400
    assert "Notify" not in text_of(client, "/component-map?group=payments")
    assert "Notify" in text_of(client, "/component-map?group=messages")


def test_the_map_as_it_was(client: PageClient) -> None:
    day = "on-day=1&on-month=7&on-year={}"
    page = main_of(client, "/component-map?" + day.format(2021))
    rows = [" ".join(r.get_text(" ").split()) for r in page.select("#stages tbody tr")]
    # Two had begun, one was seen later only and may have; old-post had closed.
    assert len(rows) == 1 and "Custom built" in rows[0] and "2 services or more" in rows[0]
    assert "1 of 3 components was placed by 1 July 2021." in " ".join(page.get_text().split())
    page = main_of(client, "/component-map?" + day.format(2012))
    row = " ".join(page.select("#stages tbody tr")[0].get_text().split())
    assert row.startswith("Old post") and "Nobody" not in row
    assert "No recorded users" in row and "Not recorded for that day" in row
    assert row.endswith("Open on that day. Closed since: 1 March 2020; now use Notify.")
    assert "since then closed, closing" in page.select(".portal-map__keys")[0].get_text()
    files = [str(link["href"]) for link in page.select(".portal-downloads a[href*='map.svg']")]
    assert "Map of components on 1 July 2012" in client.get(files[0]).text
    old = main_of(client, "/component-map?" + day.format(2019)).select("#stages tbody tr")
    assert "No recorded users; some may have begun by then" in old[0].get_text()
    assert len(page.select(".portal-map__drawing .portal-map__cross")) == 1
    assert "As it was on 1 July 2012" in page.get_text()
    found = items(client, "/component-map.json?" + day.format(2019))
    by_slug = {row["component"]: row for row in found}
    assert by_slug["notify"]["users"] is None and by_slug["notify"]["users_not_known"] == 1
    assert by_slug["old-post"]["users"] == 0
    old = by_slug["old-post"]
    assert old["advice"] is None  # it ends: nothing speaks for it
    assert (old["closes_on"], old["successor"]) == ("2020-03-01", "notify")
    assert by_slug["notify"]["eligibility_note"] == "Not for fun."
    assert by_slug["notify"]["sectors"] == ["central_government", "nhs"]


def test_the_map_refuses_what_it_does_not_know(client: PageClient) -> None:
    page = soup_of(client.get("/component-map?on-day=1&on-month=13&on-year=2020"))
    assert page.select_one(".govuk-error-summary a")["href"] == "#on-month"  # type: ignore[index]
    wrong = "/component-map.json?on-day=1&on-month=13&on-year=2020"
    assert client.get(wrong).status_code == 400
    assert client.get("/component-map.json?group=nothing").status_code == 400
    assert "group=nothing" in text_of(client, "/component-map?group=nothing")
    assert "commodity" in client.get("/component-map.csv").text


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (FIND, 3),
        (FIND + "?need=send-letters&need=direct-debit&sector=nhs", 9),
        (FIND + "?q=send+letters", 8 + SEARCH + 2),  # and two: components called so
        (FIND + ".json?need=send-letters", 8),
        ("/toolkit", 1),
        ("/toolkit/alpha", 3 + 1),  # and one: which points of the standard have a page
        ("/component-map", 6),
        ("/component-map.json?group=messages", 6),
    ],
)
def test_as_many_questions_for_many_components_as_for_few(
    client: PageClient, database: RolledBackDatabase, session: Session, address: str, most: int
) -> None:
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for number in range(first, last):
            prices = [{"item": "Letter", "unit": "letter", "pence": "1"}]
            evolution = [{"stage": "product", "since": "2020-01-01", **MAP}]
            slug = f"more-{number}"
            add_component(session, slug, "send-letters", prices=prices, evolution=evolution)
            add_usage(session, "service-0", "send-letters", component=slug)
        session.expunge_all()
        with statements(database) as sent:
            assert client.get(address).status_code == 200
        counts.append(len(sent))
    assert max(counts) <= most, "\n\n".join(sent)
    assert counts[1] <= counts[0]
