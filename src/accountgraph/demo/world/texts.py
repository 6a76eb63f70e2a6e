"""What was written, said and answered in the year of the rich demo."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """A message: `{first}`, `{firm}`, `{us}` and `{topic}` are filled in."""

    subject: str
    body: str


TOPICS = (
    "fair rosters",
    "overtime",
    "demand forecasts",
    "temporary staff",
    "night shifts",
    "absence",
    "payroll interfaces",
    "skills matrices",
)
PAINS = (
    "rosters are out of date before they hang on the wall",
    "overtime is seen only when payroll runs",
    "three planners, three spreadsheets",
    "short-notice absence costs a morning each time",
    "nobody knows who may drive which machine",
)
OBJECTIONS = ("the works council has to agree first", "budget is closed until spring", "the old tool was bought two years ago")

MAILS = (
    Words(
        "{firm}: rosters that hold until Friday",
        "Dear {first},\n\nplanners in your industry tell me that a roster is out of date by Wednesday. We have measured what that costs, "
        "and how two firms of your size changed it: https://northlight.example/stories\n\nWould fifteen minutes next week help?\n\n{us}",
    ),
    Words(
        "One page on {topic}",
        "Dear {first},\n\nwe have put what we learned about {topic} on one page: https://northlight.example/one-page\n\n"
        "If it is not your subject, who at {firm} would want to read it?\n\n{us}",
    ),
    Words(
        "How a depot of forty plans {topic}",
        "Dear {first},\n\na depot with forty people went from three spreadsheets to one plan in six weeks. I can show you theirs: "
        "https://northlight.example/depot\n\nDoes Thursday suit you?\n\n{us}",
    ),
    Words(
        "Your question about {topic}",
        "Dear {first},\n\nhere is the short answer on {topic}, as promised. The long one needs ten minutes and one of your plans.\n\n{us}",
    ),
    Words(
        "What changed since we spoke",
        "Dear {first},\n\nsince we spoke, {topic} can be seen for each site, a week ahead: https://northlight.example/news\n\n"
        "Shall I set it up for one of yours, so that you see your own figures?\n\n{us}",
    ),
    Words(
        "An invitation: planners' round table",
        "Dear {first},\n\nsix planners meet for ninety minutes and talk about {topic}, without slides: https://northlight.example/table\n\n"
        "I have kept a place for {firm}.\n\n{us}",
    ),
)
LINKEDIN = (
    Words("", "{first}, we both know the round table on {topic}. I would be glad to be in touch."),
    Words("", "{first}, thank you for connecting. Is {topic} with you, or with a colleague?"),
)
CALLS = (
    "Asked how they plan today.",
    "Follow-up to the page on {topic}.",
    "Agreed on last time: who else should see it.",
)
MEETINGS = (
    Words("A look at {firm}'s rosters", "One of their plans, side by side with ours."),
    Words("{topic}: what a pilot would take", "Scope, people and six weeks of a pilot."),
)
REPLIES: dict[str, tuple[str, ...]] = {
    "positive": (
        "Thanks, this is timely. Could you show it to me and our planner next week? Tuesday or Wednesday morning is good.",
        "Yes, I would like to see that. Please send me two or three times.",
        "That is exactly our problem. Let us talk, Thursday after two works for me.",
    ),
    "question": (
        "Does this work with our payroll system, and who keeps the data?",
        "How long does it take until a site of sixty people is set up?",
        "What does it cost for three sites?",
    ),
    "referral": (
        "I am not the right person, please write to our planning lead.",
        "This is with my colleague in operations; feel free to mention that I sent you.",
    ),
    "not_now": (
        "Interesting, but not this quarter. Please come back to me after the season.",
        "We are in the middle of another project. Could you ask again in three months?",
    ),
    "objection": (
        "We looked at such a tool last year, and it was too expensive for a firm of our size.",
        "Too expensive for us. Our spreadsheets do the job.",
    ),
    "other": ("Thank you, I have passed it on.", "Received, I will have a look."),
    "refusal": ("No, thank you. We are not interested.", "We have decided for something else. Please do not follow up."),
}
VOICES = ("left a message on the machine", "nobody picked up", "line busy", "the front desk takes a message")
TALKS = (
    "planner wants to see it on a phone",
    "asked for references in their industry",
    "will bring it up in Monday's round",
    "has two more questions",
)
