"""The chart of channels says what it draws, from which data set, and why a part is missing."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from portal.performance.forms.board_words import Part, channel_names
from portal.performance.rules.boards import Channel, absent_channels
from portal.performance.words import SetKind, ValueState
from tests.support.data import add_service
from tests.support.pages import PageClient, soup_of
from tests.support.performance import add_set, number, send

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
HERE = "/services/one/performance"
HIDDEN = "Not shown, so that nobody can be recognised"


def by_month(session: Session, id_: int) -> None:
    """A data set of transactions, and how many are digital, which is the older one."""
    data_set = add_set(session, service_id=id_, title="Transactions by month")
    send(session, data_set, number(JULY, "transactions", 1000), number(JULY, "digital", 763))


def by_channel(
    session: Session, id_: int, months: dict[date, dict[str, float]], threshold: int = 0
) -> None:
    kept = {"group": "ways", "title": "Ways in", "service_id": id_, "threshold": threshold}
    data_set = add_set(session, SetKind.TRANSACTIONS, **kept)  # type: ignore[arg-type]
    entries = [number(at, "count", n, cell) for at, of in months.items() for cell, n in of.items()]
    send(session, data_set, *entries)


def told(client: PageClient) -> str:
    caption = soup_of(client.get(HERE)).select("#channels figcaption")[0]
    return " ".join(caption.get_text(" ").split())


def csv_of(client: PageClient) -> list[str]:
    return client.get(f"{HERE}/charts/channels.csv").get_data(as_text=True).splitlines()


def test_it_tells_of_its_own_data_set(client: PageClient, session: Session) -> None:
    one = add_service(session, "one").id
    by_month(session, one)
    by_channel(session, one, {JULY: {"online": 600, "paper": 200}})
    assert told(client) == "75% of transactions were online in July 2026 From: Ways in"
    assert csv_of(client)[1:] == ["July 2026,Online,600,", "July 2026,Paper,200,"]


def test_a_sum_without_a_channel_that_came_before_says_so(
    client: PageClient, session: Session
) -> None:
    months = {
        JUNE: {"online": 600, "phone": 300, "paper": 100},
        JULY: {"online": 600, "phone": 300},
    }
    by_channel(session, add_service(session, "one").id, months)
    address = f"{HERE}?with=2026-06-01"
    page = " ".join(soup_of(client.get(address)).get_text(" ").split())
    assert "July 2026; without Paper: no figure came" in page
    assert "No change is worked out: some channels have no figure for one of the periods" in page
    assert "down 10%" not in page
    rows = {(row["measure"], row["start"]): row for row in
            client.get(f"{HERE}.json").get_json()["items"]}  # fmt: skip
    july = rows["transactions", "2026-07-01"]
    assert (july["value"], july["channels_missing"]) == (900, "paper")
    assert rows["digital_take_up", "2026-07-01"]["channels_missing"] == "paper"
    assert rows["transactions", "2026-06-01"]["channels_missing"] is None
    lines = client.get(f"{HERE}/charts/transactions.csv").get_data(as_text=True)
    assert "without Paper: no figure came" in lines.splitlines()[-1]


def test_channels_are_missing_until_it_is_said_that_they_do_not_apply() -> None:
    there, gone = ValueState.NUMBER, ValueState.NOT_APPLICABLE
    said = [
        (1, "online", there), (1, "paper", there), (2, "online", there), (3, "online", there),
        (4, "online", there), (4, "paper", gone), (5, "online", there),
    ]  # fmt: skip
    rows = [Channel(name, date(2026, month, 1), state, None) for month, name, state in said]
    found = {start.month: names for start, names in absent_channels(rows).items()}
    assert found == {2: ("paper",), 3: ("paper",)}


def test_one_channel_alone_is_no_share(client: PageClient, session: Session) -> None:
    by_channel(session, add_service(session, "one").id, {JULY: {"online": 600}})
    assert told(client) == "Transactions by channel From: Ways in"


def test_digital_ones_are_drawn_where_channels_are_never_all_known(
    client: PageClient, session: Session
) -> None:
    one = add_service(session, "one").id
    by_month(session, one)
    by_channel(session, one, {JULY: {"online": 10, "phone": 3, "paper": 200}}, threshold=5)
    said = "76.3% of transactions were digital in July 2026 From: Transactions by month"
    assert told(client) == said
    assert csv_of(client)[1:] == ["July 2026,Digital,763,", "July 2026,Other channels,237,"]


def test_what_is_not_shown_says_so(client: PageClient, session: Session) -> None:
    june = {"online": 700, "phone": 40, "face-to-face": 400, "other": 20}
    july = {"online": 800, "phone": 30, "face-to-face": 410, "other": 3}
    by_channel(session, add_service(session, "one").id, {JUNE: june, JULY: july}, threshold=5)
    together = f"Face to face: 410; Other: {HIDDEN}"
    june_says = ("Online,700,", "Phone,40,", "Face to face and other,420,")
    july_says = ("Online,800,", f'Phone,,"{HIDDEN}"', f'Face to face and other,,"{together}"')
    assert csv_of(client) == [
        "label,name,value,note",
        *(f"June 2026,{each}" for each in june_says),
        *(f"July 2026,{each}" for each in july_says),
    ]
    figure = soup_of(client.get(HERE)).select("#channels")[0]
    cells = [each.get_text() for each in figure.select("td")]
    assert HIDDEN in cells and together in cells and "No figure" not in cells
    alt = str(figure.select("img")[0]["alt"])
    assert f"July 2026: Online 800, Phone ({HIDDEN}), Face to face and other ({together})." in alt
    # The newest period that is drawn.
    assert told(client) == "60.3% of transactions were online in June 2026 From: Ways in"


def test_two_channels_together_say_what_is_known() -> None:
    def together(*rows: tuple[str, ValueState, float | None]) -> dict[str, Part]:
        found = channel_names(Channel(name, JULY, state, many) for name, state, many in rows)
        return {name: of[JULY] for name, of in found.items()}

    there, gone = ValueState.NUMBER, ValueState.SUPPRESSED
    none, lost = ValueState.NOT_APPLICABLE, ValueState.NOT_PROVIDED
    name, here = "Face to face and other", "face-to-face"
    assert together((here, there, 4), ("other", there, 5)) == {name: Part(9)}
    assert together((here, there, 4), ("other", none, None)) == {name: Part(4)}
    assert together((here, gone, None), ("other", gone, None)) == {name: Part(None, HIDDEN)}
    assert together((here, lost, None), ("other", there, 1200)) == {
        name: Part(None, "Face to face: Not provided; Other: 1,200")
    }
    assert together(("paper", none, None), ("online", there, 1)) == {"Online": Part(1)}
