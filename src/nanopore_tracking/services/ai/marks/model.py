"""Decides which options of each group are chosen; a group that breaks its own rule is for a person to look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nanopore_tracking.services.ai.captions.model import captions
from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.frames.model import Frames
from nanopore_tracking.services.ai.labels.model import Known, Labels, key_of
from nanopore_tracking.services.ai.layouts.model import Segment, Sheet, union
from nanopore_tracking.services.ai.options.model import Choice
from nanopore_tracking.services.ai.readings.model import Read, Value
from nanopore_tracking.services.ai.sides.model import choices_of
from nanopore_tracking.services.ai.templates.model import Group, Template
from nanopore_tracking.services.ai.values.model import meaning

#: How sure a drawn mark is; a field of the form says itself whether it is ticked.
_SURE = {"mark": 0.97, "form_field": 0.99}
_LABEL_ABOVE_PT = 46.0
_NOT_FOUND = "This question of the form was not found: a page may be missing, or its words were changed."


@dataclass
class Chosen:
    """What the groups of a form say, and the segments that belong to them. places: of each group's label."""

    reads: list[Read] = field(default_factory=list)
    used: set[int] = field(default_factory=set)


def read(sheets: Sequence[Sheet], template: Template | None, labels: Labels) -> Chosen:
    """Return what is chosen in every group of a form."""
    chosen = Chosen()
    choices = [choice for sheet in sheets for choice in choices_of(sheet)]
    by_number = {sheet.number: sheet for sheet in sheets}
    if template is not None and template.groups:
        _known_groups(chosen, choices, template, sheets=by_number)
    done = {each.field for each in chosen.reads}
    rest = [choice for choice in choices if id(choice.segment) not in chosen.used and choice.boxed]
    for known, options in _other_groups(rest, by_number, labels):
        if known.field in done:
            continue
        done.add(known.field)
        chosen.used |= {id(part) for option in options for part in [option.segment, *option.more]}
        marked = [option for option in options if option.on]
        doubt = ""
        if BY_NAME[known.field].kind == "yes_no" and len(marked) > 1:
            doubt = "More than one option is marked."
        chosen.reads.append(_read(known.field, marked, by_number, doubt=doubt, label_sure=known.sure))
    # Options are no values, whether their question is known or not.
    chosen.used |= {id(part) for choice in rest for part in [choice.segment, *choice.more]}
    return chosen


def _known_groups(chosen: Chosen, choices: list[Choice], template: Template, *, sheets: dict[int, Sheet]) -> None:
    segments = [each for number in sorted(sheets) for each in sheets[number].segments]
    segments.sort(key=lambda each: (each.sheet, round(each.middle / 4), each.box[0]))
    starts = {group.field: _start(segments, group.label) for group in template.groups}
    titles = {key_of(text) for texts in template.labels.values() for text in texts}
    for group in template.groups:
        start = starts[group.field]
        if start is None:
            chosen.reads.append(Read(field=group.field, method="mark", state="needs_review", doubt=_NOT_FOUND))
            continue
        later = [_at(one) for one in starts.values() if one is not None and _at(one) > _at(start)]
        labels = [_at(one) for one in segments if _at(one) > _at(start) and key_of(one.text) in titles]
        end = min([*later, *labels], default=(10**6, 0.0, 0.0))
        inside = [one for one in choices if _at(start) < (one.sheet, one.box[1] + 1, one.box[0]) < end]
        texts = [one for one in segments if _at(start) < _at(one) < end]
        chosen.used |= {id(start), *(id(part) for one in inside for part in [one.segment, *one.more])}
        chosen.reads.append(_group(group, inside, texts, sheets=sheets, used=chosen.used))


def _at(segment: Segment) -> tuple[int, float, float]:
    return segment.sheet, segment.box[1] + 1, segment.box[0]


def _start(segments: list[Segment], label: str) -> Segment | None:
    """Return where a group's label stands; the last line of a long one may be missing."""
    key = key_of(label)
    for each in segments:
        own = key_of(each.text)
        if own and (own == key or (len(own) > 20 and key.startswith(own))):
            return each
    return None


def _group(
    group: Group, inside: list[Choice], texts: list[Segment], *, sheets: dict[int, Sheet], used: set[int]
) -> Read:
    """Return what a known group says, with a doubt where it breaks its rule."""
    marked: list[tuple[str, Choice]] = []
    strange: list[str] = []
    for choice in inside:
        option = next((one for one in group.options if _same(choice.text, one.label)), None)
        if option is not None and choice.on:
            marked.append((option.value, choice))
        elif option is None and choice.on:
            strange.append(choice.text)
    for text in texts:
        if any(_same(text.text, one.label) for one in group.options):
            used.add(id(text))
    doubt = ""
    if strange:
        doubt = f"An option is marked that the form is not known to have: “{strange[0][:80]}”."
    elif group.kind == "one" and len(marked) > 1:
        doubt = "More than one option is marked, where one is to be chosen."
    elif not inside:
        doubt = "No box was found beside any option, so that it is not known what is chosen."
    elif not marked and (group.required or group.kind == "one"):
        doubt = "Nothing is marked, though something must be."
    found = _read(group.field, [choice for _, choice in marked], sheets, doubt=doubt, label_sure=1.0)
    values = [value for value, _ in marked]
    found.value = (
        _value(group.field, values, many=group.kind == "many") if not (doubt and group.kind == "one") else None
    )
    return found


def _same(text: str, label: str) -> bool:
    """Tell whether a text is an option's label, or its first line."""
    own, key = key_of(text), key_of(label)
    return own == key or (len(own) >= 12 and key.startswith(own))


def _value(name: str, values: list[str], *, many: bool) -> Value:
    if not values:
        return None
    if BY_NAME[name].kind == "yes_no":
        return meaning(values[0], BY_NAME[name]).value if len(values) == 1 else None
    return values if many else values[0] if len(values) == 1 else None


def _read(name: str, marked: list[Choice], sheets: dict[int, Sheet], *, doubt: str, label_sure: float) -> Read:
    if not marked:
        return Read(field=name, method="mark", state="needs_review" if doubt else "blank", doubt=doubt)
    first = marked[0]
    page, box = sheets[first.sheet].spot(union(choice.box for choice in marked if choice.sheet == first.sheet))
    texts = [choice.text.strip() for choice in marked]
    value = _value(name, texts, many=len(texts) > 1)
    if value is None and not doubt:
        doubt = "What is marked is not an answer to this question."
    sure = _SURE.get(first.method, 0.9) * label_sure * (1.0 if first.boxed else 0.95)
    return Read(
        field=name,
        raw=" | ".join(texts),
        value=value,
        page=page,
        box=box,
        method="form_field" if first.method == "form_field" else "mark",
        confidence=round(sure * (0.5 if doubt else 1.0), 3),
        state="needs_review" if doubt else "read",
        doubt=doubt,
    )


def _other_groups(choices: list[Choice], sheets: dict[int, Sheet], labels: Labels) -> list[tuple[Known, list[Choice]]]:
    """Return the groups that no template knows: options under or behind one label that names a field."""
    groups: dict[int, tuple[Known, list[Choice]]] = {}
    options = {id(part) for choice in choices for part in [choice.segment, *choice.more]}

    def named(text: str) -> str | None:
        known = labels.find(text.strip().rstrip(" :*?"))
        return known.field if known is not None else None

    texts: dict[int, list[Segment]] = {}
    for number in {choice.sheet for choice in choices}:
        free = [each for each in sheets[number].segments if id(each) not in options]
        made = captions(free, Frames(sheets[number]), named)
        texts[number] = [each for each in made.segments if id(each) not in made.hints]
    for choice in choices:
        found = _label_of(choice, texts[choice.sheet], labels.find)
        if found is not None:
            segment, known = found
            groups.setdefault(id(segment), (known, []))[1].append(choice)
    return list(groups.values())


def _label_of(
    choice: Choice, texts: Sequence[Segment], find: Callable[[str], Known | None]
) -> tuple[Segment, Known] | None:
    """Return the label of an option: left of it in its line, or above it; other options may stand between.

    Where a text that nobody knows is nearer, that is the label.
    """
    best: tuple[float, Segment, Known | None] | None = None
    for each in texts:
        if each.box[1] > choice.box[1] + 6 or each.box[0] > choice.box[0] + 2:
            continue
        same_line = each.box[1] - 3 <= (choice.box[1] + choice.box[3]) / 2 <= each.box[3] + 3
        above = choice.box[1] - each.box[3]
        if not same_line and above > 4 * _LABEL_ABOVE_PT:
            continue
        known = find(each.text)
        asks = (same_line and any(letter.isalnum() for letter in each.text)) or each.text.rstrip(" *").endswith(
            (":", "?")
        )
        if known is not None or asks:
            distance = (choice.box[0] - each.box[2]) * 0.05 if same_line else 20 + above
            if best is None or distance < best[0]:
                best = (distance, each, known)
    if best is None or best[2] is None:
        return None
    look = best[1].look
    if look != choice.segment.look and any(
        each.look == look
        and each.box[1] > best[1].box[3] - 2
        and each.box[3] < choice.box[1] + 2
        and each.box[0] <= choice.box[0] + 2
        for each in texts
    ):
        return None
    return best[1], best[2]
