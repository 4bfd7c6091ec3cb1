# podlint's build. `make run` and `make test` install what is missing, build, and run; see README.md.
#
#   make            build/podlint and its manual page
#   make SANITIZE=1 the same under build/sanitize, with AddressSanitizer and UBSan

VERSION = 0.1.0
PREFIX ?= /usr/local
BUILD = build
CC ?= cc
OPTIMIZE ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla

ifdef SANITIZE
BUILD = build/sanitize
OPTIMIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif

PACKAGES = yaml-0.1 jansson
FLAGS = -std=c11 -D_GNU_SOURCE -DPODLINT_VERSION='"$(VERSION)"' -Isrc -I$(BUILD)/gen $(WARNINGS) $(OPTIMIZE) \
	$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm -lpthread

SCHEMA = $(wildcard schema/*.yaml)
RULES = $(wildcard rules/*.yaml)
GENERATED = $(BUILD)/gen/model_types.h $(BUILD)/gen/schema_tables.c $(BUILD)/gen/rules.h $(BUILD)/gen/rules_tables.c

# In the order in which the modules depend on each other.
MODULES = base source node scalar schema diag path model defaults \
	$(patsubst src/%.c,%,$(sort $(wildcard src/validate/*.c))) input run report stored options main
OBJECTS = $(MODULES:%=$(BUILD)/obj/%.o) $(BUILD)/obj/schema_tables.o $(BUILD)/obj/rules_tables.o

all: $(BUILD)/podlint $(BUILD)/podlint.1

$(BUILD)/podlint: $(OBJECTS)
	$(CC) $(OPTIMIZE) $(LDFLAGS) -o $@ $(OBJECTS) $(LIBS)

$(BUILD)/podlint.1: $(BUILD)/podlint
	$(BUILD)/podlint help --manual > $@

$(BUILD)/obj/%.o: src/%.c $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%_tables.o: $(BUILD)/gen/%_tables.c $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The generator's outputs come from one run.
$(BUILD)/gen/stamp: $(BUILD)/mktables $(SCHEMA) $(RULES)
	@mkdir -p $(@D)
	$(BUILD)/mktables $(BUILD)/gen $(SCHEMA) $(RULES)
	@touch $@

$(GENERATED): $(BUILD)/gen/stamp ;

$(BUILD)/mktables: src/gen/mktables.c src/base.c src/source.c src/node.c src/base.h src/source.h src/node.h
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -o $@ $(filter %.c,$^) $(LIBS)

clean:
	rm -rf build

.PHONY: all clean

-include $(OBJECTS:.o=.d)
