import pytest

from infoshos.demo import artwork


@pytest.mark.parametrize("motif", sorted(artwork.MOTIFS))
def test_every_motif_is_drawn_and_differs_by_seed(motif):
    pictures = [artwork.draw(motif, seed, (320, 200)) for seed in (1, 1, 2)]

    assert [picture.size for picture in pictures] == [(320, 200)] * 3
    first, again, other = (picture.tobytes() for picture in pictures)
    assert first == again
    assert first != other
    assert len(pictures[0].getcolors(320 * 200)) > 500


def test_unknown_motif_is_named():
    with pytest.raises(ValueError, match="teapots"):
        artwork.draw("teapots", 1)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_cover_bears_its_number_and_nothing_else(seed):
    plain, numbered = (artwork.cover(number, seed, (180, 240)) for number in ("", 6))

    assert plain.size == numbered.size == (180, 240)
    assert plain.tobytes() != numbered.tobytes()
    assert plain.crop((0, 120, 180, 240)).tobytes() == numbered.crop((0, 120, 180, 240)).tobytes()
