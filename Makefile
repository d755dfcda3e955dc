# Short names for the commands of the README; everything works without make as well.
PY := .venv/bin/python

.PHONY: setup demo test coverage golden bench bench-people bench-collect bench-publish papers figures lint release printed every-scheme counties county year recalc every-write desk desk-figures desk-rounds pay-figures mechanisms random-rows bench-pay
setup: .venv/ready
.venv/ready: requirements-dev.txt
	python3 -m venv .venv
	$(PY) -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@
demo: setup
	$(PY) -m xlperf demo
test: setup
	$(PY) -m pytest
coverage: setup  # branches too (twice the time of the tests); what needs LibreOffice would not be counted, it runs elsewhere
	$(PY) -m coverage erase
	-$(PY) -m coverage run -m pytest -m "not libreoffice"
	$(PY) -m coverage combine -q
	$(PY) -m coverage report
golden: setup  # 100 random rounds of every scheme, column by column, beside the few of every test run (some minutes)
	PYTHONPATH=.:tests $(PY) -m kit.golden
build/bench/ready: requirements.txt pyproject.toml  # an environment of its own: our requirements by their lock, and the peers
	python3 -m venv build/bench
	build/bench/bin/python -m pip install --quiet --require-hashes -r requirements.txt
	$(PEERS) > build/bench/peers.txt
	build/bench/bin/python -m pip install --quiet -r build/bench/peers.txt
	touch $@
PEERS := build/bench/bin/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['bench'], sep='\n')"
BENCH :=
bench: build/bench/ready  # every benchmark beside its peers; BENCH="arrays --rounds 9", BENCH="--write docs/speed.md"
	PYTHONPATH=.:tests build/bench/bin/python -W ignore -m benchmarks.bench $(BENCH)
bench-people: setup  # plan and score of 1,000, 3,000, 10,000 people × 12 months: seconds, memory, growth
	$(PY) -m tests.benchmarks.bench_people
bench-collect: setup  # rounds of 300, 1,000, 3,000 units taken back: processor, memory, growth; UNITS="100 10000"
	PYTHONPATH=.:tests $(PY) -W ignore -m tests.benchmarks.bench_collect $(UNITS)
bench-publish: setup  # 500 feedback sheets: taken apart, written, printed: seconds, memory, growth
	$(PY) -m tests.benchmarks.bench_publish --pdf
papers: setup  # publish every demonstration: sums to the full mark, every page looked at, one review decided (half an hour)
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.papers
printed: setup  # every book of every scheme on paper, through LibreOffice (some minutes)
	XLPERF_PRINTED=all $(PY) -m pytest tests/workbook/test_printed.py
random-rows: setup  # every rule on 10,000 random rows, the first ones on 100,000: by hand, array, LibreOffice (minutes)
	XLPERF_ROWS=10000 $(PY) -m pytest tests/rules tests/formula -k random
every-scheme: setup  # the long tests of the workbooks over the largest scheme as well (some minutes)
	XLPERF_SCHEMES=all $(PY) -m pytest tests/addin tests/workbook/test_workbook_judge.py
every-write: setup  # every command, a full disk and a file held open at every single write (some minutes)
	XLPERF_EVERY_WRITE=1 $(PY) -m pytest tests/cli/test_refusals.py
recalc: setup  # every scheme: a scored 总表 nobody touched keeps every cell, after 200 edits it equals LibreOffice
	XLPERF_EDITS=200 XLPERF_SCHEMES=all $(PY) -m pytest tests/addin/test_addin_own_book.py -k "nobody_touched or random_edits"
COUNTIES := 200
counties: setup  # 灌南: drawn counties cell by cell against a second program (some minutes)
	PYTHONPATH=.:tests $(PY) -m kit.guannan_run $(COUNTIES)
county: setup  # 灌南: the whole county over three years, its 总表 recalculated by LibreOffice (some minutes)
	PYTHONPATH=.:tests $(PY) -m kit.guannan_run county
COUNTY :=
year: setup  # 灌南: a year of 18 rounds by the command line, months to the end (an hour; COUNTY=small: some minutes)
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.guannan_rounds $(COUNTY)
COUNT := 100
figures: setup  # what the intake stands; all of it, or WHAT=edits and the like alone (COUNT=1000: an hour)
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.figures $(COUNT) $(WHAT)
ROWS := 10000
mechanisms: setup  # levels, frozen rows, made rows, rules for data: 10,000 random rows each, by hand = engine = arrays = LibreOffice
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.mechanisms $(ROWS)
PEOPLE := 10000
DEPARTMENTS := 50
pay-figures: setup  # a year of pay: 200 random years by the second program, 10,000 people to the cent and by LibreOffice (an hour)
	XLPERF_YEARS=200 $(PY) -m pytest -n 0 -q tests/scheme/test_scheme_yangcheng.py
	XLPERF_DEPARTMENTS=50 $(PY) -m pytest -n 0 -q tests/rounds/test_pay_privacy.py
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.pay_figures $(PEOPLE) $(DEPARTMENTS)
bench-pay: setup  # a year of pay computed and written as books by department: seconds, memory
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.pay_figures $(PEOPLE) 0
lint: setup
	$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && .venv/bin/lint-imports
build/desk/pyodide build/desk/axe:  # npm packages, unpacked; what goes into the page is held to digests by xlperf/desk/build.py
	mkdir -p $@
	cd build/desk && npm pack --silent $(if $(findstring pyodide,$@),pyodide@314.0.7,axe-core@4.14.1) | tail -1 | xargs -I{} tar xzf {} -C $(notdir $@) --strip-components=1
desk: setup build/desk/pyodide  # the clerk's page with the engine inside, one file
	$(PY) -m xlperf.desk.build build/desk/pyodide build/desk/xlperf.html
desk-figures: desk  # writing back from the page: 200 cuts, two clerks mixed 100 times; 1,000 books taken in (half an hour)
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.desk_clerks 200 100
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.page_thousand build/desk/xlperf.html 1000
	XLPERF_PAYLOADS=all $(PY) -m pytest -n 0 -q tests/desk/test_page_payloads.py
desk-rounds: desk  # every scheme's demonstration through the page = the program, byte for byte; seconds, memory (half an hour)
	PYTHONPATH=.:tests $(PY) -W ignore -m kit.page_rounds build/desk/xlperf.html
release: setup build/desk/pyodide
	$(PY) -m xlperf.desk.build build/desk/pyodide build/desk/xlperf.html --twice
	rm -rf dist
	$(PY) -m hatchling build -t wheel -d dist
	$(PY) -m xlperf.cli.release dist build/desk/xlperf.html
