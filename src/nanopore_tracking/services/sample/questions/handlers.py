"""What reviewers of forms ask becomes a question in the thread of the form's submission."""

from nanopore_tracking.contracts.events.ai_readings import FormQuestionsAsked
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.questions import commands


async def form_questions_asked(tx: Transaction, event: FormQuestionsAsked, _envelope: Envelope) -> None:
    """Ask the customer what the reviewer of the form wanted to know."""
    await commands.ask_of_form(tx, event)


SUBSCRIPTIONS = [Subscription(source="ai", handlers={FormQuestionsAsked: form_questions_asked})]
