"""The layers of a service's stack, its value chain, and the graph around a component, as drawn."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import (
    Arrangement,
    ComponentKind,
    EvolutionStage,
    NeedAnswer,
)
from portal.catalogue.rules.component_graph import BETWEEN, EDGE, WIDTH, Node
from portal.catalogue.rules.component_graph import draw as draw_graph
from portal.catalogue.rules.component_map import LETTER, LINE
from portal.catalogue.rules.stack import (
    BEHIND,
    COLUMNS,
    HOSTING,
    REGISTERS,
    Block,
    LayerSort,
    chain,
    layers,
)

TEXT = st.text("abcdefghij KLM", min_size=1, max_size=120).filter(str.strip)
GROUPS = {"payments": "Payments", "look-ups": "Look-ups", BEHIND: "Running a service"}
BLOCKS = st.builds(
    lambda group, need, **rest: Block(GROUPS[group], group, need, need, **rest),
    st.sampled_from(sorted(GROUPS)),
    st.sampled_from(["pay", "refunds", HOSTING, REGISTERS]) | TEXT,
    answer=st.none() | st.sampled_from(NeedAnswer),
    arrangement=st.none() | st.sampled_from(Arrangement),
    name=st.none() | TEXT,
    kind=st.none() | st.sampled_from(ComponentKind),
    stage=st.none() | st.sampled_from(EvolutionStage),
)


@given(st.lists(BLOCKS, max_size=30))
def test_each_need_stands_in_one_layer(blocks: list[Block]) -> None:
    found = layers(blocks)
    shown = [block for layer in found for block in layer.blocks]
    assert sorted(map(id, shown)) == sorted(id(b) for b in blocks if b.needed)
    silent = sum(len(layer.not_needed) + layer.unanswered for layer in found)
    assert len(shown) + silent == len(blocks)
    order = [list(LayerSort).index(layer.sort) for layer in found]
    assert order == sorted(order)


def test_registers_and_hosting_have_layers_of_their_own() -> None:
    used = {"arrangement": Arrangement.SHARED_COMPONENT, "name": "X"}
    pay = Block("Payments", "payments", "Pay", "pay", **used)
    vehicles = Block("Look-ups", "look-ups", "Vehicles", "vehicles",
                     kind=ComponentKind.REGISTER, **used)  # fmt: skip
    cases = Block("Running a service", BEHIND, "Cases", "cases", answer=NeedAnswer.NOT_NEEDED)
    host = Block("Running a service", BEHIND, "Host an app", HOSTING)
    found = layers([host, cases, vehicles, pay])
    assert [(layer.sort, layer.title) for layer in found] == [
        (LayerSort.NEEDS, "Payments"), (LayerSort.REGISTERS, ""),
        (LayerSort.BEHIND, "Running a service"), (LayerSort.HOSTING, ""),
    ]  # fmt: skip
    assert found[2].not_needed == ["Cases"]
    assert found[3].unanswered == 1


@given(st.lists(BLOCKS, max_size=30))
def test_the_chain_draws_each_link_in_its_stage_and_no_two_over_each_other(
    blocks: list[Block],
) -> None:
    drawn = chain(layers(blocks))
    needed = [block for block in blocks if block.needed]
    assert len(drawn.links) + len(drawn.without) == len(needed)
    for link in drawn.links:
        at = COLUMNS.index(link.block.evolved or EvolutionStage.GENESIS)
        assert drawn.columns[at] < link.x < drawn.columns[at + 1]
        wide = LETTER * max(map(len, link.lines))
        left = link.text_x - wide if link.end else link.text_x
        assert drawn.columns[0] <= left <= left + wide <= drawn.width
        assert link.from_x <= (left if link.end else link.x)
    for above, below in pairwise(drawn.links):
        between = LINE * (len(above.lines) + len(below.lines)) / 2
        assert below.y - above.y >= between
    assert all(link.y < drawn.bottom for link in drawn.links)


def test_what_is_built_or_bought_has_the_stage_that_this_implies() -> None:
    own = Block("P", "p", "Pay", "pay", arrangement=Arrangement.OWN_BUILD)
    bought = Block("P", "p", "Pay", "pay", arrangement=Arrangement.BOUGHT_PRODUCT)
    by_hand = Block("P", "p", "Pay", "pay", arrangement=Arrangement.BY_HAND)
    shared = Block("P", "p", "Pay", "pay", arrangement=Arrangement.SHARED_COMPONENT,
                   stage=EvolutionStage.COMMODITY)  # fmt: skip
    assert [b.evolved for b in (own, bought, by_hand, shared)] == [
        EvolutionStage.CUSTOM, EvolutionStage.PRODUCT, None, EvolutionStage.COMMODITY,
    ]  # fmt: skip


@given(st.lists(st.lists(TEXT, max_size=12), min_size=4, max_size=4))
def test_boxes_of_the_graph_stand_clear_of_each_other(texts: list[list[str]]) -> None:
    columns = [
        [Node(f"{at}-{row}", text) for row, text in enumerate(column)]
        for at, column in enumerate(texts)
    ]
    filled = [column for column in columns if column]
    edges = [(a.key, b.key) for left, right in pairwise(filled) for a in left for b in right]
    drawn = draw_graph(columns, edges)
    assert len(drawn.boxes) == sum(map(len, columns))
    assert len(drawn.lines) == len(edges)
    assert all(x2 - x1 == BETWEEN for x1, _y1, x2, _y2 in drawn.lines)
    for above, below in pairwise(drawn.boxes):
        if above.x == below.x:
            assert above.y + above.height < below.y
    assert all(b.x >= EDGE and b.x + WIDTH <= drawn.width for b in drawn.boxes)
    assert all(b.y >= EDGE and b.y + b.height <= drawn.height - EDGE for b in drawn.boxes)
