"""Which files of tests are given to the workers first."""

# A file goes to one worker as a whole (--dist loadfile), in the order of the collection (--no-loadscope-reorder). Files
# of more than some ten seconds come first, the longest before the others, so that no worker is left with one when
# the other has done. A name that is missing here costs time, nothing else.
LONG = (
    "cli/test_refusals.py", "workbook/test_workbook_judge.py", "rounds/test_edition.py",
    "addin/test_addin_own_book.py", "addin/test_addin_button.py", "desk/test_page_rounds.py",
    "addin/test_addin_recalc.py", "addin/test_addin_click.py", "rounds/test_sixty.py",
    "desk/test_page_watchdog.py", "desk/test_page.py", "workbook/test_workbooks.py",
    "rounds/test_bad_events.py", "engine/test_examples.py", "demo/test_rounds_demo.py",
    "rounds/test_rounds_settled.py", "rounds/test_figures.py", "workbook/test_shapes.py",
    "addin/test_addin_libreoffice.py", "benchmarks/test_benchmarks.py", "desk/test_page_refusals.py",
    "rules/test_rules_random.py", "rounds/test_deleted.py", "engine/test_check.py",
    "rounds/test_rounds_collect.py", "addin/test_addin_vba.py", "rounds/test_scheduled.py",
    "entries/test_computed_limits.py", "house/test_parallel.py", "desk/test_clerks.py", "engine/test_lint.py",
    "house/test_house.py", "engine/test_whatif.py", "rounds/test_open_book.py", "scheme/test_scheme_yiyang.py",
    "entries/test_columnwise.py", "rounds/test_reported.py", "cli/test_cli.py", "desk/test_page_payloads.py",
    "rounds/test_passwords.py", "rounds/test_rounds_office.py", "rounds/test_pay_tier_falls.py",
    "scheme/test_scheme_hebi.py", "scheme/test_scheme_guannan.py",
)  # fmt: skip
