"""Which files of tests are given to the workers first."""

# A file goes to one worker as a whole (--dist loadfile), in the order of the collection (--no-loadscope-reorder). Files
# of more than a quarter of a minute come first, the longest before the others, so that no worker is left with one when
# the other has done. A name that is missing here costs time, nothing else.
LONG = (
    "workbook/test_workbook_judge.py", "addin/test_addin_own_book.py", "workbook/test_workbooks.py",
    "desk/test_page_rounds.py",
    "rules/test_rules_random.py", "rounds/test_edition.py", "demo/test_rounds_demo.py", "addin/test_addin_button.py",
    "formula/test_formula_random.py", "addin/test_addin_libreoffice.py", "rounds/test_bad_events.py",
    "cli/test_refusals.py", "addin/test_addin_click.py", "house/test_style.py", "rounds/test_rounds_settled.py",
    "rounds/test_rounds_collect.py", "engine/test_ask.py", "engine/test_examples.py", "rules/test_laid_random.py",
    "rounds/test_verify.py", "workbook/test_printed.py", "rounds/test_recompute.py", "scheme/test_scheme_hebi.py",
    "addin/test_addin_recalc.py", "rounds/test_open_book.py", "rounds/test_figures.py", "engine/test_golden.py",
)  # fmt: skip
