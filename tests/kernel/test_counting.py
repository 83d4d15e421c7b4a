"""Sentences say one of something as one, whoever writes them."""

from nanopore_tracking.counting import counted


def test_one_is_one_and_all_else_is_many() -> None:
    assert [counted(many, "read") for many in (0, 1, 2, 1200)] == ["0 reads", "1 read", "2 reads", "1,200 reads"]
    assert [counted(many, "child is", "children are") for many in (1, 3)] == ["1 child is", "3 children are"]
