"""The page of a trial: whole in itself, well-formed, and never anybody else's."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import dossiers
import pytest
import seen
from hypothesis import given
from hypothesis import strategies as st

from seatrial.model.image import ImageFacts
from seatrial.model.observation import ProbeTime
from seatrial.report.dossier import Dossier
from seatrial.report.drawing import bars, layers, ticks
from seatrial.report.escaping import visible
from seatrial.report.page import html_page
from seatrial.report.seen import facts_of
from seatrial.verify.plugin import FAMILIES

WICKED = "</code><script>alert(1)</script><img src=//x onerror=alert(1)>\x00\udcff\u202e\"'"
WORDS = st.text(st.characters() | st.sampled_from("<>&\"'/!-\n\r\x00\x1b\udcff\u202e"))
EMPTY = {"meta", "line", "rect"}
FOREIGN = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use"}
PAGES = {
    "kept": dossiers.kept(),
    "broken": dossiers.broken(),
    "strict": dossiers.broken(strict=True),
    "wicked": dossiers.hostile(WICKED),
}


class Page(HTMLParser):
    """A page, taken apart; complains of what is not closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, known, value in self.attributes if known == name]

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(html_page(PAGES[request.param]))


def shape(told: Dossier) -> tuple[list[str], list[tuple[str, str]]]:
    page = Page(html_page(told))
    return page.tags, [(tag, name) for tag, name, _ in page.attributes]


def test_the_page_loads_nothing_and_runs_nothing(page: Page) -> None:
    assert not FOREIGN & set(page.tags)
    names = {name for _, name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | ({"src", "srcset"} & names)
    assert "@import" not in page.text
    assert "url(" not in page.text


def test_the_page_forbids_by_itself_what_it_does_not_need(page: Page) -> None:
    policy = next(value for value in page.values("content") if "default-src" in value)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_links_lead_to_places_on_the_page(page: Page) -> None:
    places = page.values("id")
    assert len(places) == len(set(places))
    assert page.values("href")
    assert {link.removeprefix("#") for link in page.values("href")} <= set(places)


def test_whoever_cannot_see_is_told_as_much(page: Page) -> None:
    assert ("html", "lang", "en") in page.attributes
    labels = {value for name in ("aria-labelledby",) for value in page.values(name)}
    assert labels <= set(page.values("id"))
    signs = [value for tag, name, value in page.attributes if (tag, name) == ("span", "aria-label")]
    assert set(signs) <= {"passed", "failed", "could not look"}
    assert page.tags.count("h1") == page.tags.count("main") == 1


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        (words, ground)
        for words in ("ink", "soft")
        for ground in ("paper", "card", "tint", "bad-tint")
    ]
    + [(name, f"{name}-tint") for name in ("good", "bad", "blind")]
    + [("sea", "card"), ("sea", "paper"), ("sea", "tint"), ("ink", "base"), ("bad", "card")],
)
def test_words_can_be_told_from_their_ground(words: str, ground: str, scheme: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", html_page(dossiers.kept()), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme]))
    darker, lighter = sorted((luminance(colours[words]), luminance(colours[ground])))
    # What WCAG asks of text of a usual size.
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_every_check_is_there_with_what_was_seen() -> None:
    page = Page(html_page(dossiers.kept()))
    for result in dossiers.kept().report.results:
        assert f"check-{result.name}" in page.values("id")
        assert result.page.splitlines()[0] in page.text
    assert page.text.count("What was seen") == len(
        {r.family for r in dossiers.kept().report.results}
    )
    for fact in ("1001:1001  python app.py", "tcp 0.0.0.0:8000", "listening", "hull 1.0", seen.SHA):
        assert fact in page.text


def test_a_broken_promise_stands_at_the_top_and_is_marked_in_the_contract() -> None:
    text = html_page(dossiers.broken())
    assert text.index("contract broken") < text.index("Broken promises") < text.index("Every check")
    assert re.findall(r'id="L(\d+)" class="wrong"', text) == ["4"]


def test_what_could_not_look_is_told_once_a_reason() -> None:
    text = html_page(dossiers.broken())
    blind = text.partition('id="blind"')[2].partition("</section>")[0]
    assert blind.count("the probe lock did not look") == 1
    assert "only-locked-packages" in blind
    assert "no-development-packages" in blind


def test_a_page_of_stand_ins_says_so() -> None:
    told = dossiers.kept()
    assert "Built on stand-ins" not in html_page(told)
    report = told.report.model_copy(update={"base_policy": "stand-in"})
    other = Dossier(report, told.observation, told.contract, "c.toml", "", strict=False)
    assert "Built on stand-ins" in html_page(other)


@given(WORDS)
def test_no_word_of_an_image_becomes_part_of_the_page(words: str) -> None:
    # Some word there must be: what is empty is left out.
    assert shape(dossiers.hostile(f"x{words}")) == shape(dossiers.hostile("calm"))


def test_words_are_shown_as_they_are() -> None:
    assert visible(WICKED) in Page(html_page(dossiers.hostile(WICKED))).text


@pytest.mark.parametrize("family", FAMILIES)
def test_something_was_seen_of_every_family(family: str) -> None:
    assert facts_of(family, dossiers.observed())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_of_which_nothing_was_seen_is_no_error(family: str) -> None:
    fields = ["running", "restricted", "idle_health", "stop", "idle_stop", "restart", "missing"]
    fields += ["layers", "lock", "rebuilds"]
    blind = dossiers.observed(
        **dict.fromkeys(fields), stamp=None, image=ImageFacts(id="sha256:1", size=1)
    )
    facts_of(family, blind)


def test_a_family_that_nobody_knows_has_no_facts() -> None:
    assert facts_of("weather", dossiers.observed()) == []


def test_a_bar_begins_and_ends_with_its_probe() -> None:
    first, second = bars(dossiers.observed())
    assert (first.name, first.left, first.width, first.took) == ("running", 10.0, 50.0, "500 ms")
    assert (second.left, second.width) == (20.0, 70.0)
    assert second.error == "the archive ended too soon"


@given(
    st.floats(0, 1e6, allow_subnormal=False),
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=5),
)
def test_no_bar_and_no_mark_leaves_the_picture(
    duration: float, spans: list[tuple[float, float]]
) -> None:
    probes = {
        str(n): ProbeTime(started=min(a, b), ended=max(a, b)) for n, (a, b) in enumerate(spans)
    }
    observation = dossiers.observed(duration=duration, probes=probes)
    for bar in bars(observation):
        assert 0 <= bar.left <= 100
        assert 0 < bar.width <= 100.01 - bar.left + 0.4
    marks = ticks(observation)
    assert 2 <= len(marks) <= 6
    assert marks[0].at == 0
    assert all(0 <= mark.at <= 100.01 for mark in marks)


def test_layers_are_drawn_in_proportion_and_the_base_is_told_apart() -> None:
    base, ours = layers(dossiers.observed().image, 1)
    assert (base.instruction, base.share, base.is_base) == ("ADD rootfs.tar /", 70.0, True)
    assert (ours.instruction, ours.share, ours.is_base) == ("RUN uv sync", 30.0, False)


def test_an_image_of_unknown_sizes_has_no_picture_of_them() -> None:
    assert layers(ImageFacts(id="sha256:1", size=1, history=("FROM scratch",)), 0) == []
