"""Which files of tests are given to the workers first."""

# A file goes to one worker as a whole (--dist loadfile), in the order of the collection (--no-loadscope-reorder). Files
# of more than some ten seconds come first, the longest before the others, so that no worker is left with one when
# the other has done. A name that is missing here costs time, nothing else.
LONG = (
    "desk/test_page_rounds.py", "workbook/test_workbook_judge.py", "cli/test_refusals.py",
    "addin/test_addin_own_book.py", "addin/test_addin_click.py", "addin/test_addin_button.py",
    "workbook/test_workbooks.py", "house/test_style.py", "rounds/test_edition.py", "demo/test_rounds_demo.py",
    "rules/test_rules_random.py", "engine/test_examples.py", "addin/test_addin_libreoffice.py", "desk/test_page.py",
    "rounds/test_sixty.py", "rounds/test_figures.py", "rounds/test_bad_events.py", "formula/test_formula_random.py",
    "addin/test_addin_recalc.py", "desk/test_page_watchdog.py", "rounds/test_rounds_settled.py",
    "benchmarks/test_benchmarks.py", "workbook/test_printed.py", "rounds/test_rounds_office.py",
    "rounds/test_open_book.py", "rounds/test_pay_tier_falls.py", "cli/test_output_refused.py",
    "scheme/test_scheme_hebi.py", "rounds/test_scheduled.py", "rounds/test_rounds_collect.py",
    "rounds/test_scheduled_collect.py", "workbook/test_typed_in.py", "desk/test_page_payloads.py",
    "engine/test_golden.py", "desk/test_page_refusals.py", "rounds/test_deleted.py", "rules/test_laid_random.py",
    "rounds/test_verify.py", "rounds/test_recompute.py", "engine/test_whatif.py", "engine/test_ask.py",
)  # fmt: skip
