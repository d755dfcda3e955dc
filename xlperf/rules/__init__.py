"""Every way of turning facts into points, one module per family of rule."""

from xlperf.rules import achievement, among, amounts, composite, conditions, dates, growth, links, quotas, steps, tiers
from xlperf.rules.registry import RULES, Parameter, Rule

__all__ = [
    "RULES",
    "Parameter",
    "Rule",
    "achievement",
    "among",
    "amounts",
    "composite",
    "conditions",
    "dates",
    "growth",
    "links",
    "quotas",
    "steps",
    "tiers",
]
