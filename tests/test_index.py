"""Building, searching, saving and loading an index."""

import json
import os
from contextlib import suppress

import numpy as np
import pytest
from safetensors.numpy import load_file

from index.article import Article, Block, Footnote, Place, SourceMap
from index.codec import article_from_dict, article_to_dict
from index.computed import searchable
from index.errors import IndexFormatError, QuestionError, SourceError
from index.index import MAX_QUERY, Index
from index.manifest import FORMAT
from tests.encoders import HashingEncoder, PlainEncoder


def article(source, *paragraphs, heading=""):
    """An article of paragraphs a line each, under one heading if there is one."""
    lines = [heading, *paragraphs] if heading else list(paragraphs)
    blocks, starts, offset = [], [], 0
    for i, line in enumerate(lines):
        kind = "heading" if heading and i == 0 else "paragraph"
        blocks.append(Block(kind, offset, offset + len(line), int(kind == "heading")))
        starts.append(offset)
        offset += len(line) + 1
    places = tuple(Place(i + 1, 1) for i in range(len(lines)))
    return Article(source, "\n".join(lines), SourceMap(tuple(starts), places), tuple(blocks))


CICA = article("cica.txt", "亞信會議有26個成員國。" * 20, "第四屆峰會在上海舉行。" * 20, heading="亞信會議")
MARS = article(
    "mars.txt", "The rover landed on Mars in February 2021. " * 12, "It carries a small helicopter. " * 16
)


def same(hits, others):
    """Whether two searches found the same, but for the last bit of a sum that was made in another order."""
    assert [hit.passage for hit in hits] == [hit.passage for hit in others]
    for part in ("score", "dense", "lexical", "late"):
        np.testing.assert_allclose(
            [getattr(h, part) for h in hits], [getattr(h, part) for h in others], atol=1e-6
        )
    return True


@pytest.fixture
def index():
    return Index.build([CICA, MARS], HashingEncoder())


def test_the_best_hit_is_the_passage_that_says_it(index):
    assert "上海" in index.search("第四届峰会在哪里举行？")[0].passage.text  # asked in Simplified
    assert index.search("Which helicopters does it carry?")[0].source == "mars.txt"


def test_every_passage_is_the_text_of_its_article(index):
    texts = {a.source: a.text for a in index.articles}
    assert len(index.passages) >= 4
    for p in index.passages:
        assert texts[p.source][p.start : p.end] == p.text


def test_hits_are_best_first_and_no_more_than_there_are(index):
    hits = index.search("上海 Mars", k=10_000)
    assert len(hits) == len(index.passages) == len(set(hits))
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert index.search("上海", k=2) == index.search("上海", k=10_000)[:2]
    assert index.search("上海", k=0) == []


def test_parts_of_a_hit_are_on_their_stated_scales(index):
    for hit in index.search("第四屆峰會在上海舉行。", k=100):
        assert -1.001 <= hit.dense <= 1.001
        assert hit.lexical >= 0
        assert -1.001 <= hit.late <= 1.001


def test_sources_keep_the_search_to_those_articles(index):
    hits = index.search("上海", k=100, sources={"mars.txt"})
    assert {h.source for h in hits} == {"mars.txt"}
    assert index.search("上海", sources=[]) == []


def test_the_heading_is_searched_with_the_passage():
    named = article("a.txt", "It has 26 members.", heading="The Harbour Council")
    other = article("b.txt", "It has 26 members.", heading="Shanghai Cooperation")
    index = Index.build([other, named], HashingEncoder())
    best = index.search("harbour council")[0]
    assert best.source == "a.txt"
    assert best.passage.text == "It has 26 members."
    assert searchable(best.passage).startswith("The Harbour")


def test_the_author_is_found_by_asking_for_the_author():
    blocks = (Block("paragraph", 0, 5), Block("author", 6, 9))
    paper = Article("a.txt", "是誰說的？\n吳東野", SourceMap((0,), (Place(1),)), blocks)
    best = Index.build([paper], HashingEncoder()).search("作者是誰？")[0].passage
    assert (best.kind, best.text) == ("author", "吳東野")


def test_an_empty_query_is_an_error_and_a_long_one_is_cut(index):
    for query in ("", "  \n", "\u3000"):
        with pytest.raises(QuestionError, match="empty"):
            index.search(query)
    head = "上海" * (MAX_QUERY // 2)
    assert index.search(head + "火星" * 50_000) == index.search(head)


def test_a_query_of_unknown_signs_still_answers(index):
    assert len(index.search("🙂?!", k=3)) == 3


def test_an_index_of_nothing_finds_nothing():
    for articles in ([], [article("empty.txt", "")]):
        index = Index.build(articles, HashingEncoder())
        assert index.passages == ()
        assert index.search("上海") == []


def test_add_encodes_only_what_is_new(index):
    before = index.encoder.encoded
    more = article("more.txt", "敦煌的石窟有735個。")
    larger = index.add(more)
    assert index.encoder.encoded == before + 1
    assert [a.source for a in larger.articles] == ["cica.txt", "mars.txt", "more.txt"]
    assert [a.source for a in index.articles] == ["cica.txt", "mars.txt"]  # the old index is as it was
    assert larger.search("敦煌")[0].source == "more.txt"


def test_add_is_the_same_as_building_with_all(index):
    added = Index.build([CICA], index.encoder).add(MARS)
    assert same(added.search("上海 helicopter", k=100), index.search("上海 helicopter", k=100))


def test_add_replaces_an_article_of_the_same_source(index):
    changed = index.add(article("cica.txt", "這裡什麼都沒有。"))
    assert len(changed.articles) == 2
    assert not any("上海" in p.text for p in changed.passages)


def test_remove_takes_an_article_out(index):
    smaller = index.remove("mars.txt")
    assert [a.source for a in smaller.articles] == ["cica.txt"]
    assert same(smaller.search("上海", k=100), Index.build([CICA], index.encoder).search("上海", k=100))
    with pytest.raises(SourceError, match=r"no article venus\.txt; there are: cica\.txt, mars\.txt"):
        index.remove("venus.txt")


def test_an_encoder_without_token_vectors_has_no_late_part():
    index = Index.build([CICA, MARS], PlainEncoder())
    assert index.late is None
    hits = index.search("第四屆峰會在上海舉行", k=100)
    assert "上海" in hits[0].passage.text
    assert {h.late for h in hits} == {0.0}


def test_progress_counts_up_to_all_passages():
    seen = []
    index = Index.build(
        [CICA, MARS], HashingEncoder(), progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (len(index.passages), len(index.passages))


# --- saving and loading -------------------------------------------------------------------------------------


def test_a_loaded_index_is_the_index_that_was_saved(index, tmp_path):
    index.save(tmp_path / "a.wenda")
    loaded = Index.load(tmp_path / "a.wenda", HashingEncoder())
    assert loaded.articles == index.articles
    assert loaded.passages == index.passages
    assert np.array_equal(loaded.store.vectors, index.store.vectors)
    assert loaded.encoder.encoded == 0  # nothing is encoded again
    assert loaded.search("上海", k=100) == index.search("上海", k=100)


def test_an_article_survives_json_whole():
    whole = Article(
        source="a.txt",
        text="題目。正文。註",
        source_map=SourceMap((0, 3), (Place(1), Place(7, 2))),
        blocks=(Block("title", 0, 3), Block("paragraph", 3, 6), Block("footnote", 6, 7)),
        title="題目。",
        author="某",
        footnotes=(Footnote("＊", None, 6, 7),),
    )
    whole = Index.build([whole], HashingEncoder()).articles[0]
    assert len(whole.passages) == 3
    assert article_from_dict(json.loads(json.dumps(article_to_dict(whole)))) == whole


def test_saving_again_leaves_only_the_new_index(index, tmp_path):
    folder = tmp_path / "a.wenda"
    index.save(folder)
    index.remove("mars.txt").save(folder)
    assert [a.source for a in Index.load(folder, HashingEncoder()).articles] == ["cica.txt"]
    assert len(list(folder.iterdir())) == 2  # the manifest and one segment


@pytest.mark.parametrize("calls_before", range(12))
def test_a_save_that_is_cut_off_leaves_the_old_index_or_the_new(index, tmp_path, monkeypatch, calls_before):
    folder = tmp_path / "a.wenda"
    small = index.remove("mars.txt")
    small.save(folder)
    real, left = os.fsync, [calls_before]

    def power_cut(handle):
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", power_cut)
        with suppress(KeyboardInterrupt):
            index.save(folder)
    loaded = Index.load(folder, HashingEncoder())
    assert loaded.articles in (small.articles, index.articles)
    assert loaded.search("上海", k=100) in (small.search("上海", k=100), index.search("上海", k=100))
    index.save(folder)  # and what the cut left behind does not hinder the next save
    assert Index.load(folder, HashingEncoder()).articles == index.articles


def test_a_first_save_that_is_cut_off_can_be_done_again(index, tmp_path, monkeypatch):
    def power_cut(handle):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", power_cut)
        with pytest.raises(KeyboardInterrupt):
            index.save(tmp_path)
    assert list(tmp_path.iterdir()) != []
    index.save(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2  # the manifest and one segment


def test_no_file_of_an_index_is_pickled(index, tmp_path):
    index.save(tmp_path / "a.wenda")
    for path in (tmp_path / "a.wenda").iterdir():
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        else:
            assert load_file(path)["vectors"].dtype == np.float32  # as safetensors' own reader has it


def test_every_damaged_file_is_named(index, tmp_path):
    folder = tmp_path / "a.wenda"
    index.save(folder)
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for damaged in (content[:-9], content[:40] + b"\0" + content[41:], content[:5], b""):
            path.write_bytes(damaged)
            with pytest.raises(IndexFormatError, match=path.name):
                Index.load(folder, HashingEncoder())
        path.unlink()
        with pytest.raises(IndexFormatError, match=path.name):
            Index.load(folder, HashingEncoder())
        path.write_bytes(content)
    assert Index.load(folder, HashingEncoder()).articles == index.articles


def test_a_changed_manifest_is_damaged(index, tmp_path):
    index.save(tmp_path)
    path = tmp_path / "manifest.json"
    manifest = path.read_text(encoding="utf-8")
    path.write_text(manifest.replace("mars.txt", "moon.txt"), encoding="utf-8")
    with pytest.raises(IndexFormatError, match=r"manifest\.json is damaged"):
        Index.load(tmp_path, HashingEncoder())


def test_a_damaged_text_is_an_error_of_its_own_when_it_is_read(index, tmp_path):
    index.save(tmp_path)
    [path] = tmp_path.glob("*.safetensors")
    path.write_bytes(path.read_bytes().replace("成員國".encode(), b"\xff" * 9))
    loaded = Index.load(tmp_path, HashingEncoder())  # which reads no text
    with pytest.raises(IndexFormatError, match="wenda index check"):
        loaded.articles[0]
    assert loaded.articles[1] == index.articles[1]


def test_what_cannot_be_loaded_says_why(index, tmp_path):
    folder = tmp_path / "a.wenda"
    with pytest.raises(IndexFormatError, match=r"no index folder .*a\.wenda"):
        Index.load(folder, HashingEncoder())
    index.save(folder)
    with pytest.raises(
        IndexFormatError, match=r"encoder hashing \(64 dimensions\).*loaded with plain \(64\)"
    ):
        Index.load(folder, PlainEncoder())
    with pytest.raises(IndexFormatError, match=r"hashing \(64 dimensions\).*hashing \(32\)"):
        Index.load(folder, HashingEncoder(dimension=32))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": FORMAT + 1}), encoding="utf-8")
    with pytest.raises(IndexFormatError, match=f"format {FORMAT + 1}.*upgrade"):
        Index.load(folder, HashingEncoder())


@pytest.mark.parametrize(
    "manifest",
    [
        "[]",
        "{}",
        '{"format": "1"}',
        '{"format": 1}',
        '{"format": 1, "encoder": 3}',
        '{"format": 3, "sha256": ""}',
    ],
)
def test_a_senseless_manifest_is_damaged(manifest, tmp_path):
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(IndexFormatError, match=r"manifest\.json is damaged"):
        Index.load(tmp_path, HashingEncoder())


def test_a_folder_of_other_things_is_never_written_to(index, tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(IndexFormatError, match="choose another folder"):
        index.save(tmp_path)
    with pytest.raises(IndexFormatError, match="thesis"):
        index.save(tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert (tmp_path / "thesis.txt").read_text() == "precious"
