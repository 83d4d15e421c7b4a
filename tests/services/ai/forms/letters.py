"""Makes forms that somebody wrote as a letter, with the samples in a table below."""

import random

from tests.services.ai.forms.contents import HEADINGS, WORDINGS, Made, Style, rows, values
from tests.services.ai.forms.other_forms import Page, table

#: Paragraphs are divided by blank lines, lines of one are joined.
_LETTERS = (
    """Dear colleagues,

my name is {submitter_name} and I work in the {lab_name} at {institution}. With this letter I would like to order
nanopore sequencing under the reference {quote_id}. Our supervisor is {pi_name} ({pi_email}); I can be reached at
{submitter_email} or by phone at {submitter_phone}.

The project is called "{project_name}" and should be charged to account {account}. We are sending {sample_count} tubes
of {sample_type} from {organism} ({biosafety}), eluted in {buffer}. The genome is about {genome_size} and we need a
coverage of {coverage}. Please use the kit {library_kit} on {flow_cell_count} flow cells of the type {flow_cell_type}.
Basecalling should be done with {basecalling}, and we want the data as {file_format}. The priority is {priority}.

{comments}

{submission_date}

Kind regards,

{submitter_name}""",
    """Date: {submission_date}

To whom it may concern,

on behalf of {pi_name} I am writing about order {quote_id}. The {lab_name} ({institution}) wants to sequence
{sample_count} samples for the study "{project_name}". The material is {sample_type} of {organism}, biosafety level
{biosafety}, dissolved in {buffer}; expected genome size {genome_size}, desired depth {coverage}.

We ask for {library_kit}, to be run on {flow_cell_count} {flow_cell_type} flow cells. We would like {basecalling}
basecalling and {file_format} files. Handling with {priority} priority would be appreciated. Costs are to be billed to
{account}.

Questions go to me, {submitter_name}, {submitter_email}, {submitter_phone}; the head of the lab has the address
{pi_email}.

{comments}

Best wishes

{submitter_name}""",
    """{submission_date}

Hello,

we plan to submit {sample_count} {sample_type} samples in {buffer}. They were extracted from {organism} ({biosafety}).
Our quote number is {quote_id}; the project name is {project_name}. PI: {pi_name}, {pi_email}. Contact:
{submitter_name}, {submitter_email}, tel. {submitter_phone}, {lab_name}, {institution}.

We ask for {library_kit} with {flow_cell_count} x {flow_cell_type} flow cells, aiming at {coverage} of a {genome_size}
genome. Use {basecalling} models; send {file_format}. Treat this as {priority}. Grant: {account}.

{comments}""",
)


def letter(seed: int) -> Made:
    """Return a form that somebody wrote as a letter, with the samples in a table below."""
    rng = random.Random(f"letter/{seed}")
    page = Page(rng, landscape=False, turn=0)
    count = rng.randint(4, 12)
    told, samples_ = values(rng, count), rows(rng, count)
    written = {name: told[name][0] if name in told else "" for name in WORDINGS}
    style = Style(comma=False, micro="µ", per_ml=False, thousands=False)
    for paragraph in rng.choice(_LETTERS).format(**written).split("\n\n"):
        line = ""
        for word in [*paragraph.split(), ""]:
            if float(page.canvas.stringWidth(f"{line} {word}", page.font, 10)) > page.size[0] - 120 or not word:
                page.text(60, line, size=10)
                page.y += 14
                line = word
            else:
                line = f"{line} {word}".strip()
        page.y += 8
    page.y += 10
    columns = list(HEADINGS)
    heads = [rng.choice(HEADINGS[name]).format(ul="µL", conc=style.unit()) for name in columns]
    table(page, heads, [[style.written(name, row[name]) for name in columns] for row in samples_])
    page.canvas.showPage()
    page.canvas.save()
    kept = [{name: value for name, value in row.items() if value is not None} for row in samples_]
    return Made(page.sink.getvalue(), "letter", {name: value for name, (_, value) in told.items()}, kept)
