# podlint's build; every product is under build/.
#
#   make run     install what is missing, build, check the example manifests
#   make test    install what is missing, build, run all tests
#   make         build/podlint and its manual page, build/podlint.1
#   make install [PREFIX=/usr/local] [DESTDIR=]   the program, its manual page, and completions for bash, zsh and fish
#   make uninstall
#   make golden  write the expected outputs of the golden tests anew
#   make bench   time a check against libyaml's bare event loop
#   make picture write the README's pictures, testdata/picture/*.svg, anew
#   make compare what other tools see of faulty manifests, for those that are installed
#   make docs    the reference of all fields, rules and topics: build/docs/reference.md
#   make lint    layers, clang-format, clang-tidy
#
# V=1 shows the commands. With SANITIZE=1 everything is built under build/sanitize with AddressSanitizer and UBSan: make SANITIZE=1 test.
# With STATIC=1 the program needs no library of the machine it runs on: make STATIC=1 makes build/static/podlint.

VERSION = 0.1.0
Q = $(if $(V),,@)
SAY = $(if $(V),@:,@printf '  %-4s %s\n')
PREFIX ?= /usr/local
BUILD = build
CC ?= cc
OPTIMIZE ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla

ifdef SANITIZE
BUILD = build/sanitize
OPTIMIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif

ifdef STATIC
BUILD = build/static
OPTIMIZE = -O2
override LDFLAGS += -static -s
PKG_CONFIG_LIBS = --static
endif

PACKAGES = yaml-0.1 jansson libpcre2-8
FLAGS = -std=c11 -D_GNU_SOURCE -DPODLINT_VERSION='"$(VERSION)"' -Isrc -I$(BUILD)/gen $(WARNINGS) $(OPTIMIZE) \
	$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS = $(shell pkg-config $(PKG_CONFIG_LIBS) --libs $(PACKAGES) 2>/dev/null) -lm -lpthread

SCHEMA = $(wildcard schema/*.yaml)
RULES = $(wildcard rules/*.yaml)
GENERATED = $(BUILD)/gen/model_types.h $(BUILD)/gen/schema_tables.c $(BUILD)/gen/rules.h $(BUILD)/gen/rules_tables.c \
	$(BUILD)/gen/topics_tables.c

# In the order in which the modules depend on each other; area,DIR,FIRST lists a folder's other modules after those that come first.
area = $(2:%=$(1)/%) $(filter-out $(2:%=$(1)/%),$(patsubst src/%.c,%,$(sort $(wildcard src/$(1)/*.c))))

MODULES = base str_set process source node text_span scalar schema diag rule_text path model defaults compare
MODULES += cel/value cel/functions cel/format_text cel/regex cel/url $(patsubst src/%.c,%,$(sort $(wildcard src/cel/lib_*.c)))
MODULES += cel/parse cel/eval cel/check cel/json cel/cel
MODULES += simulate/backoff simulate/hook simulate/scenario simulate/status simulate/machine simulate/what_if
MODULES += $(call area,validate)
MODULES += glob input kustomize render
MODULES += pod_security
MODULES += $(call area,lint,lint mounts words workload secrets text)
MODULES += policy/match policy/place policy/judge policy/check policy/policy
MODULES += suppress run settings config
MODULES += fingerprint output baseline
MODULES += report_github report_gitlab report_sarif report_xml report
MODULES += stored diff diff_report git explain
MODULES += simulate/lanes simulate/workload simulate/picture simulate/report
MODULES += options
MODULES += $(call area,command,command report_files setting_options)
MODULES += main
OBJECTS = $(MODULES:%=$(BUILD)/obj/%.o) $(BUILD)/obj/schema_tables.o $(BUILD)/obj/rules_tables.o $(BUILD)/obj/topics_tables.o

# Everything but the program itself, for the generator and the test programs.
LIBRARY = $(filter-out $(BUILD)/obj/main.o $(BUILD)/obj/options.o $(BUILD)/obj/command/%,$(OBJECTS))

all: $(BUILD)/podlint $(BUILD)/podlint.1

$(BUILD)/podlint: $(OBJECTS) $(BUILD)/obj/places_tables.o $(BUILD)/gen/rules.checked
	$(SAY) CC $@
	$(Q)$(CC) $(OPTIMIZE) $(LDFLAGS) -o $@ $(OBJECTS) $(BUILD)/obj/places_tables.o $(LIBS)

# What the rules in C report of their examples.
$(BUILD)/gen/places_tables.c: $(BUILD)/mkplaces
	$(Q)$(BUILD)/mkplaces $@

$(BUILD)/mkplaces: src/gen/mkplaces.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The expressions of the rules compile against the schema.
$(BUILD)/gen/rules.checked: $(BUILD)/checkrules $(RULES)
	$(Q)$(BUILD)/checkrules $(RULES)
	@touch $@

$(BUILD)/checkrules: src/gen/checkrules.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/podlint.1: $(BUILD)/podlint
	$(Q)$(BUILD)/podlint help --manual > $@

$(BUILD)/obj/%.o: src/%.c $(GENERATED)
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%_tables.o: $(BUILD)/gen/%_tables.c $(GENERATED)
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The generator's outputs come from one run.
$(BUILD)/gen/stamp: $(BUILD)/mktables $(SCHEMA) $(RULES)
	@mkdir -p $(@D)
	$(SAY) GEN $(BUILD)/gen
	$(Q)$(BUILD)/mktables $(BUILD)/gen $(SCHEMA) $(RULES)
	@touch $@

$(GENERATED): $(BUILD)/gen/stamp ;

$(BUILD)/mktables: src/gen/mktables.c $(foreach module,base str_set source node rule_text,src/$(module).c src/$(module).h) src/diag.h
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(LIBS)

# The programs that test the library; scripts in src/test/ test the program as a whole.
TESTS = unit lifecycle what_if examples rules fuzz_cel fuzz_policy

# The two commands of the README.
run:
	@sh src/setup.sh
	@$(MAKE) --no-print-directory all
	$(BUILD)/podlint check testdata/examples

test:
	@sh src/setup.sh test
	@$(MAKE) --no-print-directory all $(TESTS:%=$(BUILD)/%)
	$(BUILD)/unit
	$(BUILD)/lifecycle
	$(BUILD)/what_if
	$(BUILD)/examples
	$(BUILD)/rules
	$(BUILD)/fuzz_cel src/test/bench_cel.json 1 3000
	$(BUILD)/fuzz_policy 1 1000 testdata/policy/*.yaml
	sh src/test/golden.sh $(BUILD)/podlint
	sh src/test/robust.sh $(BUILD)/podlint
	sh src/test/config.sh $(BUILD)/podlint
	sh src/test/git.sh $(BUILD)/podlint
	sh src/test/reports.sh $(BUILD)/podlint
	@if command -v python3 >/dev/null; then python3 src/test/terminal.py $(BUILD)/podlint; else echo "terminal: needs python3"; fi
	@if command -v python3 >/dev/null; then python3 src/test/picture.py $(BUILD)/podlint --check; else echo "picture: needs python3"; fi
	sh src/test/kustomize.sh $(BUILD)/podlint
	sh src/test/render.sh $(BUILD)/podlint

$(BUILD)/unit: src/test/unit.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS) $(shell pkg-config --cflags --libs cmocka)

$(BUILD)/lifecycle: src/test/lifecycle.c src/test/phase_row.h $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $(filter-out %.h,$^) $(LIBS) $(shell pkg-config --cflags --libs cmocka)

$(BUILD)/what_if: src/test/what_if.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS) $(shell pkg-config --cflags --libs cmocka)

$(BUILD)/examples: src/test/examples.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/rules: src/test/rules.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bench: src/test/bench.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bench_cel: src/test/bench_cel.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bench_simulate: src/test/bench_simulate.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/fuzz_cel: src/test/fuzz_cel.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/recorded: src/test/recorded.c src/test/phase_row.h $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $(filter-out %.h,$^) $(LIBS)
$(BUILD)/fuzz_policy: src/test/fuzz_policy.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/readyaml: src/test/readyaml.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

# Write the expected outputs of the golden tests anew; read the difference.
golden: $(BUILD)/podlint
	sh src/test/golden.sh $(BUILD)/podlint --bless

# Write the README's pictures anew.
picture: $(BUILD)/podlint
	python3 src/test/picture.py $(BUILD)/podlint

bench: $(BUILD)/podlint $(BUILD)/bench $(BUILD)/bench_cel $(BUILD)/bench_simulate
	@sh src/test/bench.sh $(BUILD)/bench build/manifests
	@echo
	@$(BUILD)/bench_cel src/test/bench_cel.json
	@echo
	@$(BUILD)/bench_simulate

compare: $(BUILD)/podlint $(BUILD)/pairs
	@rm -rf build/compare && mkdir -p build/compare/lint
	@$(BUILD)/pairs build/compare/lint
	@python3 src/test/compare.py $(BUILD)/podlint build/compare

$(BUILD)/pairs: src/test/pairs.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

# The reference of all fields, rules and topics in Markdown.
docs: $(BUILD)/podlint
	@mkdir -p build/docs
	$(BUILD)/podlint explain --all > build/docs/reference.md

# Needs ORACLE, a program that gives the API server's verdicts; see src/test/fuzz_oracle.c.
SEED ?= 1
COUNT ?= 2000
fuzz-oracle: $(BUILD)/fuzz_oracle
	@mkdir -p build/fuzz
	@$(BUILD)/fuzz_oracle $(ORACLE) $(SEED) $(COUNT) build/fuzz

$(BUILD)/fuzz_oracle: src/test/fuzz_oracle.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

SHARE = $(DESTDIR)$(PREFIX)/share
INSTALLED = $(DESTDIR)$(PREFIX)/bin/podlint $(SHARE)/man/man1/podlint.1 $(SHARE)/bash-completion/completions/podlint \
	$(SHARE)/zsh/site-functions/_podlint $(SHARE)/fish/vendor_completions.d/podlint.fish

install: all
	install -d $(dir $(INSTALLED))
	install -m 755 $(BUILD)/podlint $(DESTDIR)$(PREFIX)/bin/podlint
	install -m 644 $(BUILD)/podlint.1 $(SHARE)/man/man1/podlint.1
	$(BUILD)/podlint completion bash >$(SHARE)/bash-completion/completions/podlint
	$(BUILD)/podlint completion zsh >$(SHARE)/zsh/site-functions/_podlint
	$(BUILD)/podlint completion fish >$(SHARE)/fish/vendor_completions.d/podlint.fish

uninstall:
	rm -f $(INSTALLED)

SOURCES = $(wildcard src/*.[ch] src/*/*.[ch])

# What clang-tidy reads: all sources, or those that are named, as in make lint TIDIED=src/run.c.
TIDIED = $(filter %.c,$(SOURCES))

# The modules include only what stands before them in MODULES; clang-format and clang-tidy are run where they are installed.
lint: $(GENERATED)
	@sh src/test/layers.sh $(MODULES)
	@if command -v clang-format >/dev/null; then clang-format --dry-run -Werror $(SOURCES); else echo "clang-format is not installed"; fi
	@if command -v clang-tidy >/dev/null; then \
		printf '%s\n' $(TIDIED) | xargs -P "$$(nproc)" -I FILE clang-tidy --quiet FILE -- $(FLAGS); \
		else echo "clang-tidy is not installed"; fi

clean:
	rm -rf build

.PHONY: all run test golden picture bench compare docs fuzz-oracle install uninstall lint clean

-include $(OBJECTS:.o=.d)
