"""What the pages of a review say beside their templates; each sentence is in the catalogues."""

from typing import Final

ORDER_NAMES: Final = {
    "need": "most urgent first",
    "id": "by name or number",
    "blind": "shuffled, without names",
}
ACTION_NAMES: Final = {"look": "wishes another look", "stands": "the mark stands"}

# What the script says.
SCRIPT: Final = {
    "recorded": "Recorded: {before} → {after}",
    "same": "Recorded. The mark is {after}.",
    "lost": "The server does not answer. What you wrote is still here; start grade review again.",
    "refused": "Not recorded: {why}",
    "theirs": "{author} decided at the same time: {says} — {reason}",
    "newer": "It was examined again since you opened it.",
    "yours": "You: {says} — {reason}",
    "yours-number": "You: {says}: {number} — {reason}",
    "wish-complete": "The report is complete",
    "wish-incomplete": "The report is incomplete",
    "wish-points": "Add points",
    "wish-set": "Set the whole mark",
    "wish-stands": "The mark stands",
    "wish-look": "Somebody should look",
    "wish-undo": "Take a decision back",
    "wish-confirm": "What was decided before holds for this one, too",
    "nothing-to-undo": "You decided nothing here that could be taken back.",
    "undo-theirs": "Take back what {author} decided ({reason})?",
    "why": "Say why: the reason is kept with the mark.",
    "none": "Nobody in this filter needs a person.",
    "only": "Nobody else in this filter needs a person.",
    "left-theirs": "{count} that others decided are chosen no more; the rest is as you left it.",
    "out": "The server was started anew: ask for a new link. What you wrote is still here.",
    "chosen": "{count} chosen",
    "effect": "{name}: {before} → {after}",
    "stays": "{name}: {mark} stays",
    "effects": "{chosen} decisions; marks that change: {count}",
    "nobody": "Choose submissions first.",
    "published": "Tables and pages have the marks as they are.",
    "sign": "Say your name first: it is kept with each decision.",
    "bad-code": "This link was used, or the server was started anew. Ask for a new one.",
    "changed": "Somebody decided about this submission. Load it again to see.",
    "news": "Something changed since this was loaded. Load it again to see.",
    "left": "{done} of {total}, about {minutes} min left",
    "running": "{done} of {total} examined",
    "here": "also here: {names}",
    "asked-again": "{count} wait for the grader.",
    "given": "{count} given to {name}.",
    "given-back": "{count} are everybody's again.",
    "reading": "{read} of {total} read; the others come",
    "invited": "Send this link to one person:",
}
