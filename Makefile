# podlint's build; every product is under build/.
#
#   make run                 install what is missing, build, check the example manifests
#   make test [TEST=NAME]    install what is missing, build, run all tests, or those that are named (CONTRIBUTING.md)
#   make                     build/podlint and its manual page, build/podlint.1
#   make install             the program, its manual page, and completions for bash, zsh and fish [PREFIX=/usr/local] [DESTDIR=]
#   make uninstall
#   make lint                what the compiler does not see: order of folders, dead code, layout, clang-tidy, scripts, links
#   make golden [TEST=NAME]  write the expected outputs of the golden tests anew
#   make fuzz [TIME=60]      fuzz every target for so many seconds, with clang's libFuzzer [TARGETS="check cel"]
#   make fuzz-robust         10,000 hostile inputs against podlint's bounds [COUNT=10000] [SEED=1]
#   make tsan                the tests that run threads, with ThreadSanitizer [TEST=NAME]
#   make valgrind            the tests under valgrind [TEST=NAME]
#   make bench               time a check against libyaml's bare event loop, podlint as a process against a bare one, and podlint lsp
#   make compare             what other tools see of faulty manifests, for those that are installed
#   make verdicts CASES=FOLDER  how often tools that are installed say what the API server said of recorded manifests
#   make picture             write the README's pictures, testdata/picture/*.svg, anew
#   make docs                the reference of all fields, rules and topics: build/docs/reference.md
#   make clean
#   make help                this list
#
# V=1 shows the commands. With SANITIZE=1 everything is built under build/sanitize with AddressSanitizer and UBSan: make SANITIZE=1 test.
# With SANITIZE=thread it is built under build/sanitize-thread with ThreadSanitizer.
# With SHARED=1 libyaml, jansson and PCRE2 stay libraries of the system, as distributions want it.
# With STATIC=1 the program needs no library of the machine it runs on: make STATIC=1 makes build/static/podlint.

VERSION = 0.1.0
Q = $(if $(V),,@)
SAY = $(if $(V),@:,@printf '  %-4s %s\n')
PREFIX ?= /usr/local
BUILD = build
CC ?= cc
comma = ,
OPTIMIZE ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla

ifdef SANITIZE
BUILD = build/sanitize$(if $(filter thread,$(SANITIZE)),-thread)
OPTIMIZE = -O1 -g -fno-omit-frame-pointer \
	$(if $(filter thread,$(SANITIZE)),-fsanitize=thread,-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined)
endif

ifdef FUZZ
BUILD = build/fuzz
OPTIMIZE = -O2 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif

ifdef STATIC
BUILD = build/static
OPTIMIZE = -O2
override LDFLAGS += -static -s
PKG_CONFIG_LIBS = --static
endif

# What makes a fault harder to use, as far as the compiler has it: addresses that nobody can foretell, tables that cannot be written,
# a guard behind arrays on the stack, checked calls of the C library, jumps that lead where a jump may lead.
taken = $(if $(shell printf 'int main(void) { return 0; }' | $(CC) $(1) -x c -o /dev/null - 2>/dev/null && echo yes),$(1))
ifeq ($(SANITIZE)$(FUZZ),)
HARDENING := -fPIE $(call taken,-fstack-protector-strong) $(call taken,-fcf-protection)
HARDENING += $(if $(filter -O0,$(OPTIMIZE)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
override LDFLAGS += $(if $(STATIC),,$(call taken,-pie)) $(call taken,-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
endif

PACKAGES = yaml-0.1 libfyaml jansson libpcre2-8
PACKAGE_FLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS := $(shell pkg-config $(PKG_CONFIG_LIBS) --libs $(PACKAGES) 2>/dev/null)
FLAGS = -std=c11 -D_GNU_SOURCE -DPODLINT_VERSION='"$(VERSION)"' -Isrc -I$(BUILD)/gen $(WARNINGS) $(OPTIMIZE) $(HARDENING) $(PACKAGE_FLAGS)
# The libraries become part of the program where the machine has them so, since looking for them takes longer than a check of a file.
archive = $(or $(filter /%,$(shell $(CC) -print-file-name=lib$(1:-l%=%).a)),$(1))
ifeq ($(SHARED)$(STATIC)$(SANITIZE)$(FUZZ),)
PACKAGE_LIBS := $(foreach word,$(PACKAGE_LIBS),$(if $(filter -l%,$(word)),$(call archive,$(word)),$(word)))
endif
LIBS = $(PACKAGE_LIBS) -lpthread

SCHEMA = $(sort $(wildcard schema/*.yaml))
RULES = $(sort $(wildcard rules/*.yaml))

# In the order in which they depend on each other: a folder includes itself and what stands before it.
FOLDERS = base yaml model cel input validate crd simulate lint policy admission run fix explain report diff lsp command

objects = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(sort $(wildcard src/$(1)/*.c)))
OBJECTS = $(foreach folder,$(FOLDERS),$(call objects,$(folder))) $(BUILD)/obj/main.o
TABLES = $(patsubst %,$(BUILD)/obj/%_tables.o,schema rules topics signs config)

# Everything but the command line, for the generators and the test programs.
LIBRARY = $(BUILD)/libpodlint.a
LIBRARY_OBJECTS = $(filter-out $(BUILD)/obj/main.o $(BUILD)/obj/command/%,$(OBJECTS)) $(TABLES)

all: $(BUILD)/podlint $(BUILD)/podlint.1

# See src/fix/allocate.c.
WRAPPED := $(call taken,$(foreach name,malloc calloc realloc strdup asprintf __asprintf_chk vasprintf __vasprintf_chk,-Wl$(comma)--wrap=$(name)))

$(BUILD)/podlint: $(OBJECTS) $(TABLES) $(BUILD)/obj/places_tables.o
	$(SAY) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(LDFLAGS) $(WRAPPED) -o $@ $(filter %.o,$^) $(LIBS)

$(LIBRARY): $(LIBRARY_OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/podlint.1: $(BUILD)/podlint
	$(Q)$(BUILD)/podlint help --manual > $@

# A change of the compiler, of its flags or of the libraries builds all anew, once all that it takes is there.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@now=$$(echo '$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $(LIBS)'); [ "$$now" = "$$(cat $@ 2>/dev/null)" ] || { \
		CC='$(CC)' sh src/package/setup.sh --tell $(if $(STATIC),static) && echo "$$now" >$@; }

# The generators leave files alone that would not change; which objects depend on which of them the compiler tells.
GENERATOR_OBJECTS = $(call objects,base) $(call objects,yaml) $(BUILD)/obj/model/rule_text.o $(BUILD)/obj/model/fix_text.o $(BUILD)/obj/model/diag_names.o \
	$(filter-out %/tryrules.o,$(call objects,gen))
$(filter-out $(GENERATOR_OBJECTS),$(OBJECTS)) $(TABLES): | $(BUILD)/gen/stamp
# Where `make docs` is published: a rule's page is its heading there.
DOCS ?= https://github.com/OWNER/podlint/blob/main/docs/reference.md
$(BUILD)/obj/explain/rule.o $(BUILD)/tidy/explain/rule.ok: private FLAGS += -DPODLINT_DOCS='"$(DOCS)"'

# What makes the generated headers cannot include them.
$(GENERATOR_OBJECTS): private FLAGS := $(filter-out -I$(BUILD)/gen,$(FLAGS))

$(BUILD)/obj/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%_tables.o: $(BUILD)/gen/%_tables.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/mktables: $(GENERATOR_OBJECTS)
	$(SAY) LINK $@
	$(Q)$(CC) $(OPTIMIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

# What schema/ and rules/ say is held against the sources, which report the rules and have their checks.
MADE_FROM = $(SCHEMA) $(RULES) schema/podlint-config.json $(sort $(foreach folder,$(FOLDERS),$(wildcard src/$(folder)/*.c)))

$(BUILD)/gen/stamp: $(BUILD)/mktables $(MADE_FROM)
	@mkdir -p $(@D)
	$(SAY) GEN $(BUILD)/gen
	$(Q)$(BUILD)/mktables $(BUILD)/gen $(MADE_FROM)
	@touch $@

GENERATED = $(patsubst %,$(BUILD)/gen/%,versions.h model_types.h schema_tables.c rules.h rules_tables.c topics_tables.c signs_tables.c config_tables.c)
$(GENERATED): $(BUILD)/gen/stamp
	@:

# Once there is a library, the expressions of the rules are compiled and the checks in C tried on their examples.
$(BUILD)/tryrules: src/gen/tryrules.c src/gen/generated.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(PROGRAM)

$(BUILD)/gen/places.stamp: $(BUILD)/tryrules $(RULES)
	$(Q)$(BUILD)/tryrules $(BUILD)/gen $(RULES)
	@touch $@

$(BUILD)/gen/places_tables.c: $(BUILD)/gen/places.stamp
	@:

# A program of one file above the library: a test, a fuzzer or a benchmark.
PROGRAM = $(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -MMD -MP -MF $@.d -o $@ $(filter %.c %.o,$^) $(LIBRARY) $(LIBS)

$(BUILD)/%: src/test/unit/%.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(PROGRAM) $(shell pkg-config --cflags --libs cmocka)

$(BUILD)/%: src/test/fuzz/%.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(PROGRAM)

# Those that run whole commands, with other programs replaced.
TARGETS_OF_FUZZERS = src/test/fuzz/targets.c $(call objects,command) $(BUILD)/obj/places_tables.o
REPLACED = -Wl,--wrap=process_run,--wrap=process_is_installed

$(BUILD)/fuzz_robust: src/test/fuzz/fuzz_robust.c $(TARGETS_OF_FUZZERS) $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(PROGRAM) $(REPLACED)

$(BUILD)/fuzz: src/test/fuzz/fuzz.c $(TARGETS_OF_FUZZERS) $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(PROGRAM) $(REPLACED) -fsanitize=fuzzer

$(BUILD)/%: src/test/bench/%.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(PROGRAM)

$(BUILD)/%: src/test/recorded/%.c $(LIBRARY)
	$(SAY) CC $@
	$(Q)$(PROGRAM)

# The programs that test the library; scripts in src/test/cli test the program as a whole.
TESTS = unit lifecycle controllers scheduling what_if examples limits rules fixes fuzz_cel fuzz_policy fuzz_robust

# The suites of make test: a name, and the command. Those that take longest come first.
define SUITES
robust      sh src/test/cli/robust.sh $(BUILD)/podlint
config      sh src/test/cli/config.sh $(BUILD)/podlint
growth      python3 src/test/cli/growth.py $(BUILD)/podlint
oom         env CC='$(CC)' sh src/test/cli/oom.sh $(BUILD)/podlint
fuzz_robust sh src/test/fuzz/robust.sh $(BUILD)/fuzz_robust 300
mistakes    sh src/test/house/mistakes_test.sh $(BUILD)/mktables $(BUILD)/tryrules
layers      sh src/test/house/layers_test.sh $(FOLDERS)
runner      sh src/test/house/run_test.sh
links       sh src/test/house/links_test.sh
calls       sh src/test/house/calls_test.sh $(CC)
dead        sh src/test/house/dead_test.sh $(CC)
hardening   sh src/test/house/hardening_test.sh $(BUILD)/podlint
circles     sh src/test/house/circles_test.sh $(CC)
unit        $(BUILD)/unit
golden      sh src/test/cli/golden.sh $(BUILD)/podlint
fuzz_policy $(BUILD)/fuzz_policy 1 1000 testdata/policy/*.yaml
fuzz_cel    $(BUILD)/fuzz_cel src/test/bench/bench_cel.json 1 3000
lifecycle   $(BUILD)/lifecycle
controllers $(BUILD)/controllers
scheduling  $(BUILD)/scheduling
what_if     $(BUILD)/what_if
examples    $(BUILD)/examples
limits      $(BUILD)/limits
rules       $(BUILD)/rules
fixes       $(BUILD)/fixes
git         sh src/test/cli/git.sh $(BUILD)/podlint
causes      sh src/test/cli/causes.sh $(BUILD)/podlint
misplaced   python3 src/test/cli/misplaced.py $(BUILD)/podlint
lsp         python3 src/test/cli/lsp.py $(BUILD)/podlint
reports     sh src/test/cli/reports.sh $(BUILD)/podlint
rule_examples python3 src/test/cli/rule_examples.py $(BUILD)/podlint
terminal    python3 src/test/cli/terminal.py $(BUILD)/podlint
picture     python3 src/test/cli/picture.py $(BUILD)/podlint --check
kustomize   sh src/test/cli/kustomize.sh $(BUILD)/podlint
questions   sh src/test/cli/questions.sh $(BUILD)/podlint
fix         sh src/test/cli/fix.sh $(BUILD)/podlint
fix_properties python3 src/test/cli/fix_properties.py $(BUILD)/podlint
files       sh src/test/cli/files.sh $(BUILD)/podlint
hostile     sh src/test/cli/hostile.sh $(BUILD)/podlint
render      sh src/test/cli/render.sh $(BUILD)/podlint
endef
export SUITES

# The two commands of the README. They build with all processors, unless make was told how many.
PARALLEL = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))

run:
	@CC='$(CC)' sh src/package/setup.sh
	@$(MAKE) --no-print-directory $(PARALLEL) all
	$(BUILD)/podlint check testdata/examples

tests: all $(TESTS:%=$(BUILD)/%)

test:
	@CC='$(CC)' sh src/package/setup.sh test
	@$(MAKE) --no-print-directory $(PARALLEL) tests
	@set -f; printf '%s\n' "$$SUITES" | AGAIN='make test TEST=' sh src/test/run.sh $(TEST)

# Each test takes many times as long as it does alone.
tsan:
	@LIMIT=180 $(MAKE) --no-print-directory SANITIZE=thread test TEST="$(or $(TEST),unit golden config git files kustomize render hostile)"

VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
valgrind: needs-valgrind tests
	@mkdir -p $(BUILD)/valgrind
	@printf '#!/bin/sh\nexec $(VALGRIND) $(abspath $(BUILD)/podlint) "$$@"\n' >$(BUILD)/valgrind/podlint && chmod +x $(BUILD)/valgrind/podlint
	@set -f; printf '%s\n' "$$SUITES" | sed 's| $(BUILD)/podlint| $(BUILD)/valgrind/podlint|; s|^\([a-z_]* *\)$(BUILD)/|\1$(VALGRIND) $(BUILD)/|' | \
		LIMIT=300 AGAIN='make valgrind TEST=' sh src/test/run.sh $(or $(TEST),unit golden lifecycle controllers scheduling what_if \
		config git files kustomize render hostile fuzz_policy)

# Write the expected outputs of the golden tests anew; read the difference.
golden: $(BUILD)/podlint
	@set -f; sh src/test/cli/golden.sh $(BUILD)/podlint --bless $(TEST)

needs-%:
	@command -v $* >/dev/null || { echo "make $(MAKECMDGOALS) needs $*, which is not installed" >&2; exit 1; }

# Write the README's pictures anew.
picture: needs-python3 $(BUILD)/podlint
	python3 src/test/cli/picture.py $(BUILD)/podlint

$(BUILD)/bare: src/test/bench/bare.c $(BUILD)/flags
	$(SAY) CC $@
	$(Q)$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< $(shell pkg-config --libs yaml-0.1)

bench: needs-python3 $(BUILD)/podlint $(BUILD)/bare $(BUILD)/bench $(BUILD)/bench_process $(BUILD)/bench_cel $(BUILD)/bench_simulate
	@sh src/test/bench/bench.sh $(BUILD)/bench build/manifests build/mixed
	@echo
	@$(BUILD)/bench_process $(BUILD)/podlint $(BUILD)/bare testdata/examples/pod.yaml build/manifests build/mixed
	@echo
	@$(BUILD)/bench_cel src/test/bench/bench_cel.json
	@echo
	@$(BUILD)/bench_simulate
	@echo
	@command -v python3 >/dev/null && python3 src/test/bench/lsp.py $(BUILD)/podlint || echo "SKIP podlint lsp: it needs python3"

compare: needs-python3 $(BUILD)/podlint $(BUILD)/pairs
	@rm -rf build/compare && mkdir -p build/compare/lint
	@$(BUILD)/pairs build/compare/lint
	@python3 src/test/bench/compare.py $(BUILD)/podlint build/compare

# How often tools that are installed say what the API server said: CASES are recorded verdicts, see src/test/bench/verdicts.py.
verdicts: needs-python3 $(BUILD)/podlint
	@test -n "$(CASES)" || { echo "make verdicts CASES=FOLDER [DEFINITIONS=FOLDER]" >&2; exit 2; }
	@mkdir -p build/verdicts
	@python3 src/test/bench/verdicts.py $(BUILD)/podlint build/verdicts $(CASES) $(DEFINITIONS)

# The reference of all fields, rules and topics in Markdown.
docs: $(BUILD)/podlint
	@mkdir -p build/docs
	$(BUILD)/podlint explain --all > build/docs/reference.md

# Needs ORACLE, a program that gives the API server's verdicts; see src/test/fuzz/fuzz_oracle.c.
SEED ?= 1
fuzz-oracle: $(BUILD)/fuzz_oracle
	@mkdir -p build/fuzz
	@$(BUILD)/fuzz_oracle $(ORACLE) $(SEED) $(or $(COUNT),2000) build/fuzz

# Fuzzes TARGETS (all: src/test/fuzz/targets.c lists them) for TIME seconds each.
TIME ?= 60
TARGETS ?= all
fuzz:
	@CC='$(if $(filter cc,$(CC)),clang,$(CC))' sh src/test/fuzz/fuzz.sh $(TIME) $(TARGETS)

fuzz-robust: $(BUILD)/fuzz_robust
	@sh src/test/fuzz/robust.sh $(BUILD)/fuzz_robust $(or $(COUNT),10000) $(SEED)

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

SOURCES = $(wildcard src/*.[ch] src/*/*.[ch] src/*/*/*.[ch])
SCRIPTS = .ci/run $(wildcard src/*/*.sh src/*/*/*.sh)

# The parts of make lint; what is not installed is skipped.
define LINTS
layers  sh src/test/house/layers.sh . $(FOLDERS)
calls   sh src/test/house/calls.sh $(BUILD) $(FOLDERS)
dead    sh src/test/house/dead.sh . $(BUILD)
circles sh src/test/house/circles.sh . $(BUILD)
format  clang-format --dry-run -Werror $(SOURCES)
syntax  for script in $(SCRIPTS); do sh -n $$script || exit 1; done
links   sh src/test/house/links.sh . $(wildcard *.md src/*/*.md)
scripts shellcheck -x -P SCRIPTDIR -S warning $(SCRIPTS)
endef
export LINTS

# clang-tidy reads the files that changed since it last found nothing in them, or whose headers did.
TIDY = $(patsubst src/%.c,$(BUILD)/tidy/%.ok,$(filter %.c,$(SOURCES)))

$(BUILD)/tidy/%.ok: src/%.c .clang-tidy | $(BUILD)/gen/stamp
	@mkdir -p $(@D)
	$(SAY) TIDY $<
	@$(CC) $(FLAGS) -MM -MP -MT $@ -MF $(@:.ok=.d) $<
	@clang-tidy --quiet $< -- $(FLAGS) >$(@:.ok=.txt) 2>&1 || { cat $(@:.ok=.txt); exit 1; }
	@touch $@

tidy: $(TIDY)

lint: all
	@rm -f $(filter-out $(OBJECTS) $(GENERATOR_OBJECTS) $(TABLES) $(BUILD)/obj/places_tables.o,$(wildcard $(BUILD)/obj/*.o $(BUILD)/obj/*/*.o))
	@code=0; if ! command -v clang-tidy >/dev/null; then echo "Skipped: clang-tidy is not installed"; \
		else $(MAKE) --no-print-directory -k $(PARALLEL) tidy || code=1; fi; \
		printf '%s\n' "$$LINTS" | sh src/test/run.sh && exit $$code

clean:
	rm -rf build

help:
	@sed -n '/^#/!q; s/^# \{0,3\}//p' Makefile

.PHONY: FORCE all run tests test tsan valgrind golden picture bench compare verdicts docs fuzz-oracle fuzz fuzz-robust install uninstall lint tidy clean help

-include $(OBJECTS:.o=.d) $(wildcard $(TIDY:.ok=.d)) $(TABLES:.o=.d) $(wildcard $(BUILD)/*.d $(BUILD)/obj/gen/*.d)
