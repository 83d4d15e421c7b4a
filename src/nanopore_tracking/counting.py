"""How many there are of something, in the words of a sentence: one row, two rows."""


def counted(count: int, one: str, many: str = "") -> str:
    """Write how many there are of something: "1 error", "2,000 errors".

    one: what is said of one, many: of none and of several, where it is not that with an s: "child", "children".
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
