"""The words by which sentences of reports are told apart: see rules/finding.py."""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})", re.IGNORECASE)


#: Something is lacking or wrong.
LACKING = _any(
    r"(?:did|does|do|has|have|had|was|were|is|are|could|can) ?(?:not|n['’]t)\b(?! only|"
    r" just| need| requir)",
    r"cannot\b",
    r"no (?:clear |formal |firm |current |specific |obvious |detailed |real |"
    r"direct )?(?:plans?|evidence|research|user research|testing|dedicated|one|way|"
    r"intention|budget|data|designers?|researchers?|support|strategy|analytics|process)\b",
    r"lack(?:s|ed|ing)?\b",
    r"insufficient",
    r"not (?:enough|yet|sufficient|clear|been|fully|currently|convinced|satisfied|"
    r"consistent|meet|met|tested|open)\b",
    r"little (?:evidence|research|testing)",
    r"too (?:much|many|few|little|long|late|complex|small)",
    r"fail(?:s|ed|ing|ure)? to",
    r"unclear",
    r"unable to",
    r"missing\b",
    r"absence of",
    r"yet to (?:be )?\w+\b",
    r"(?:panel|we|assessors?) (?:\w+ ){0,3}(?:concern|worr)",
    r"concern(?:s|ed)? (?:that|about|around|over|was|were|is|with)\b",
    r"inconsisten",
    r"inaccessib",
    r"inadequate",
    r"confusing\b",
    r"poor(?:ly)?\b",
    r"weak",
    r"limited (?:evidence|research|testing|user|number|understanding)\b",
    r"over-?relian",
    r"broken\b",
    r"locked[- ]in\b",
    r"single point of failure",
    r"hard to (?:understand|use|find|read)",
    r"underestimat",
    r"overlooked",
    r"jargon",
)
#: Something may be wrong: words that a sentence also has for other reasons.
AMISS = _any(
    r"difficult(?:y|ies)?\b",
    r"struggl",
    r"problems?\b",
    r"issues?\b",
    r"barriers?\b",
    r"risks?\b",
    r"without\b",
    r"confus",
    r"reli(?:es|ant|ance)",
    r"concern",
    r"rather than\b",
    r"gaps?\b",
    r"delays?\b",
)
#: Words before which something else is lacking than in the service: "users who cannot read".
OTHERS = frozenset(
    """who whom that which if where whether when those users people may might potential could
    should because ensure unless anyone someone""".split()
)
#: Somebody asks for something.
ASKED = _any(
    r"should\b",
    r"must\b",
    r"needs? to\b",
    r"ha(?:s|ve) to\b",
    r"will need\b",
    r"needs\b",
    r"recommend(?:s|ed)?\b(?! that the service (?:pass|be given|move))",
    r"required to\b",
    r"expect(?:s|ed)? (?:the team |to see)",
    r"would (?:like|want|expect) (?:the team |to see)",
    r"important (?:that|to)\b",
    r"essential (?:that|to)\b",
    r"further work",
    r"more work",
    r"requires? (?:further|more|improve|attention)",
    r"work (?:is )?(?:still )?(?:needed|required)",
)
#: An item of a list of recommendations often begins with its verb.
IMPERATIVE = re.compile(
    r"(?:ensure|make sure|consider|develop|carry out|conduct|address|improve|review|test|provide|"
    r"create|recruit|establish|define|explore|investigate|remove|simplify|fix|publish|open|put in|"
    r"agree|identify|reduce|increase|engage|undertake|produce|find|look at|do more|demonstrate|"
    r"show|understand|appoint|hire|build|use|add|change|replace|rewrite|set up|work with)\b",
    re.IGNORECASE,
)
#: Somebody is content.
PRAISE = _any(
    r"impress",
    r"pleased",
    r"commend",
    r"congratulat",
    r"excellent",
    r"great (?:work|progress|job)",
    r"good (?:work|progress|understanding|job|example|use|to see|evidence|plans?)",
    r"strong\b",
    r"well[- ](?:placed|thought|versed|established|designed|equipped|resourced)",
    r"welcom(?:e|ed)",
    r"confident that",
    r"satisfied that",
    r"encourag(?:ed|ing) (?:by|to see|that)",
    r"clearly (?:demonstrated|explained|articulated|described)",
    r"(?:thanks?|thank you)\b",
    r"happy (?:to|with|that)",
    r"very good",
    r"credit\b",
    r"outstanding",
    r"exemplary",
    r"positive\b",
    r"no (?:concerns|issues|problems|major)",
    r"(?:has|have) (?:made|shown) (?:good|great|significant|real)",
    r"successful",
    r"demonstrated (?:a |that |good |how )",
    r"no longer\b",
    r"appropriate(?:ly)? ",
    r"worked hard",
    r"explained (?:how|why|that)",
    r"not (?:unreasonable|causing|unusual)",
    r"understands? (?:the|their|that)\b",
    r"makes? sense",
    r"(?:was|were|is|are) aware",
    r"useful\b(?! to have been)",
    r"sensible\b",
    r"not in (?:question|doubt)",
)
#: What the report says of itself, of its result, or of what comes next.
FORMAL = _any(
    r"(?:the )?(?:assessment )?panel (?:have|has) concluded",
    r"conclu(?:ded|sion)\b",
    r"on track to\b",
    r"(?:could|can|may|should|did) (?:not )?(?:yet )?(?:become|go live|move (?:in)?to|"
    r"launch|pass)\b",
    r"(?:not )?ready to (?:become|go|move|launch)",
    r"(?:given|granted) approval",
    r"approv(?:e|al|ed) (?:to|for|the)",
    r"re-?assess",
    r"assessment report",
    r"(?:should|can|may|will|must) (?:now )?(?:proceed|be (?:given|submitted|awarded|"
    r"branded|assessed))",
    r"following (?:the|this|consideration|submission)",
    r"recommendations? (?:in|from|made|below|above|listed|set out|outlined|that follow)",
    r"(?:this|the) report\b",
    r"next assessment",
    r"ahead of",
    r"(?:before|at|for|by|in) (?:the|its|their|a|your) (?:next |beta |live |"
    r"alpha )?(?:service )?assessment",
    r"points? (?:listed|below|above|numbered)",
    r"criteri(?:a|on)\b",
    r"(?:digital by default )?service standard\b(?! point)",
    r"get in touch",
    r"the (?:assessment )?panel (?:would like to|wish)",
    r"seeking (?:permission|approval)",
    r"(?:remove|removal of) (?:the )?beta",
    r"digital leader",
    r"since (?:the|that|its|their) (?:original|last|previous|first) ",
    r"previous(?:ly)? assess",
    r"at the (?:original|last|previous|first|time of the)",
    r"has (?:since|now)\b",
    r"have (?:since|now)\b",
    r"was not (?:assessed|reviewed|covered|discussed)",
    r"not (?:applicable|relevant|required|necessary|transactional)",
    r"passed\b",
    r"(?:has|have|is|are|been) (?:fully )?addressed",
    r"out of scope",
)
#: Words that only make sense beside what was said before.
HANGING = re.compile(
    r"(?:this|these|that|those|it|they|he|she|such|also|in addition|additionally|however|but|and|"
    r"for example|e\.g|see)\b",
    re.IGNORECASE,
)
TURN = re.compile(
    r"[,;:]?\s+(?:but|however|although|though|yet|while|nevertheless)\b,?", re.IGNORECASE
)
#: Headings under which a report asks for something, tells what failed, or only sums up.
ASKS = _any(
    r"recommend",
    r"conditions?\b",
    r"actions?\b",
    r"not met",
    r"needs? to",
    r"explore",
    r"to be addressed",
    r"areas? for improvement",
    r"what (?:the team )?needs?",
)
SUMS_UP = _any(
    r"outcome",
    r"summary",
    r"next steps",
    r"result",
    r"overview",
    r"conclusion",
    r"background",
    r"well\b",
    r"good performance",
    r"addressed",
    r"reassessment report",
    r"update following",
    r"criteria",
)
HEADING = re.compile(
    r"^\s*(?:#{1,6}\s+(?P<hash>.+?)#*|(?P<strong>\*\*|__)(?P<bold>[^*]+?)(?P=strong):?|"
    r"(?P<mark>[*_])(?P<slanted>[^*_]+)(?P=mark):?)\s*$"
)
NUMBERS = re.compile(
    r"\b(?:points?|criteri(?:a|on))\s+(\d+(?:\s*(?:,|and|&)\s*\d+)*)", re.IGNORECASE
)
NUMBERED = re.compile(r"^(\d{1,2})[.)]\s+\S")
#: Keywords of needs that say nothing in a sentence of a report.
GENERAL = frozenset(
    """form data list index find result results record records release build location content
    server servers component components pattern patterns evidence document documents account risk
    log logs pay fee book save draft map contact operation operations platform design website
    money person people business company status mobile print post mail paper paperwork book slot
    schedule application attach resume list country car tax vehicle registration death directors
    comments complaints visits language service information photo workflow statistics publish
    support index boundary prototype deed reminder archive citizen bank grant pension feedback
    search design infrastructure accessibility components ci apply app register registers card
    selfie address addresses account users verify api host hosting""".split()
)
