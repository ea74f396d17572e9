"""`clusterkg convert`."""

from __future__ import annotations

from clusterkg.reading import parse_quads


def test_there_and_back(run, minimal):
    turtle, back = minimal.with_suffix(".ttl"), minimal.with_name("back.yaml")
    assert run("convert", str(minimal), str(turtle)).code == 0
    assert run("convert", str(turtle), str(back)).code == 0
    assert set(parse_quads(back)) == set(parse_quads(minimal))


def test_standard_input_and_output(run, minimal):
    result = run("convert", "-", "-", "--from", "yaml", "--to", "nt", stdin=minimal.read_text(encoding="utf-8"))
    assert result.code == 0
    assert len(result.out.splitlines()) == len(parse_quads(minimal))


def test_the_format_must_be_told(run, minimal):
    assert run("convert", str(minimal), "-").code == 2
    assert run("convert", str(minimal), "x.unknown").code == 2
    assert "¿Quiso decir «turtle»?" in run("convert", str(minimal), "-", "--to", "turle", "--lang", "es").err


def test_an_input_is_never_overwritten(run, minimal):
    before = minimal.read_bytes()
    assert run("convert", str(minimal), str(minimal)).code == 2
    assert minimal.read_bytes() == before


def test_what_does_not_fit_is_said_and_not_written(run, tmp_path):
    source, target = tmp_path / "a.nq", tmp_path / "a.ttl"
    source.write_text("<http://e.org/a> <http://e.org/p> <http://e.org/b> <http://e.org/g> .\n", encoding="utf-8")
    result = run("convert", str(source), str(target))
    assert result.code == 2
    assert not target.exists()
