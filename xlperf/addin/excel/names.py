"""Names that VBA takes: its reserved words in full, and every generated identifier made safe against them.

The words are those of the language specification (MS-VBAL 3.3.5.2) and, beside them, the words that are
reserved in some statement only: a name that avoids both can stand anywhere. VBA does not look at case.
"""

from __future__ import annotations

import re

_STATEMENTS = """
call case close const declare defbool defbyte defcur defdate defdbl defint deflng deflnglng deflngptr defobj defsng
defstr defvar dim do else elseif end endif enum erase event exit for friend function get global gosub goto if
implements input let lock loop lset next on open option print private public put raiseevent redim rem resume return
rset seek select set static stop sub type unlock wend while with write
"""
_MARKERS = """
any as byref byval case each else in new shared until withevents write optional paramarray preserve spc tab then to
"""
_OPERATORS = "addressof and eqv imp is like new mod not or typeof xor"
_NAMES = """
abs array cbool cbyte ccur cdate cdbl cdec cint circle clng clnglng clngptr csng cstr cvar cverr date debug doevents
fix inputb int lbound len lenb me pset scale sgn ubound
"""
_TYPES = "boolean byte currency date decimal double integer long longlong longptr object single string variant"
_LITERALS = "empty false nothing null true"
_OF_THE_SYSTEM = """
attribute cdecl defdec lineinput vb_base vb_control vb_creatable vb_customizable vb_description vb_exposed vb_ext_key
vb_globalnamespace vb_helpid vb_invoke_func vb_invoke_property vb_invoke_propertyput vb_invoke_propertyputref
vb_memberflags vb_name vb_predeclaredid vb_procdata vb_templatederived vb_usermemid vb_vardescription vb_varhelpid
vb_varmemberflags vb_varprocdata vb_varusermemid
"""
_IN_SOME_STATEMENT = """
access alias append base begin binary class compare error explicit go import len lib line local mid midb module name
off output property ptrsafe random read reset step text time wait width
"""
RESERVED = frozenset(
    word
    for words in (_STATEMENTS, _MARKERS, _OPERATORS, _NAMES, _TYPES, _LITERALS, _OF_THE_SYSTEM, _IN_SOME_STATEMENT)
    for word in words.split()
)
IN_WRAPPERS = frozenset(
    {"application", "given", "k", "more", "xlperfcall", "xlperfinwizard"}
)  # what the wrappers say themselves

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}")
_HANDLER = re.compile(  # Excel, and mail gateways, take such a name for something that runs by itself
    r"(auto_?(exec|open|close|new|exit|activate|deactivate)|(document|workbook|worksheet|chart|app)_\w*|"
    r"\w*_(activate|beforeclose|beforesave|calculate|change|click|close|deactivate|gotfocus|initialize|layout|"
    r"lostfocus|mousemove|new|open|painted|painting|resize|terminate))",
    re.IGNORECASE,
)


def safe(name: str) -> str:
    """Return the name of an argument as VBA takes it: with `_` behind it where the word is taken."""
    return f"{name}_" if name.lower() in RESERVED | IN_WRAPPERS else name


def is_name(name: str) -> bool:
    """Return whether VBA takes a name for a procedure, a module or an argument."""
    return _IDENTIFIER.fullmatch(name) is not None and name.lower() not in RESERVED


def runs_by_itself(name: str) -> bool:
    """Return whether a name is one of those that Excel calls on an event, or looks like one to a scanner."""
    return _HANDLER.fullmatch(name) is not None
