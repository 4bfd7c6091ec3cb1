/* Reports in XML: JUnit, as Jenkins' own schema of it has it, and Checkstyle. */
#include "shared.h"
#include "run/fingerprint.h"

/* Text for an element or an attribute. What XML 1.0 cannot hold, not even escaped, becomes U+FFFD. */
static void put_xml(FILE *out, Str text) {
    Arena arena = {0};
    Str s = str_valid_utf8(&arena, text);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        bool forbidden = i + 2 < s.len && memcmp(s.at + i, "\xEF\xBF", 2) == 0 && (unsigned char)s.at[i + 2] >= 0xBE;
        if (forbidden) i += 2;
        if (forbidden || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
            fputs("\xEF\xBF\xBD", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (c == '<')
            fputs("&lt;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '"')
            fputs("&quot;", out);
        else if (c < 0x20)
            fprintf(out, "&#%d;", c);
        else
            fputc(c, out);
    }
    arena_free(&arena);
}

static void put_attribute(FILE *out, const char *name, Str value) {
    fprintf(out, " %s=\"", name);
    put_xml(out, value);
    fputc('"', out);
}

static void put_number(FILE *out, const char *name, uint32_t value) {
    fprintf(out, " %s=\"%u\"", name, value);
}

typedef struct Counts {
    uint32_t tests, failures, errors, skipped;
} Counts;

static void put_counts(FILE *out, const Counts *counts) {
    put_number(out, "tests", counts->tests);
    put_number(out, "failures", counts->failures);
    put_number(out, "errors", counts->errors);
}

static uint32_t failures_of(const ResultDocument *document, const FileSettings *settings) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < document->findingCount; i++) count += document->findings[i].severity >= settings->failOn;
    return count;
}

/* A file is a suite, an object in it a test; a file that cannot be read is one test with an error. */
static Counts counts_of(const ResultFile *file) {
    Counts counts = {.tests = file->documentCount + (file->error.at != NULL), .errors = file->error.at != NULL};
    for (uint32_t i = 0; i < file->documentCount; i++) {
        uint32_t failures = failures_of(&file->documents[i], file->settings);
        counts.failures += failures > 0;
        counts.skipped += failures == 0 && file->documents[i].skipped;
    }
    return counts;
}

/* The findings that make a test fail, or those that do not, one a line. */
static void put_findings(FILE *out, Str file, const ResultDocument *document, const FileSettings *settings, bool failing) {
    Arena arena = {0};
    for (uint32_t i = 0; i < document->findingCount; i++) {
        const Finding *f = &document->findings[i];
        if ((f->severity >= settings->failOn) != failing) continue;
        put_xml(out, str_format(&arena, "%.*s:%u:%u: %s[%.*s]: %.*s", TEXT(file), f->start.line, f->start.column,
                                severity_name((Severity)f->severity), TEXT(f->rule->name),
                                TEXT(report_sentence(&arena, f, settings))));
        fputc('\n', out);
    }
    arena_free(&arena);
}

static void put_failure(FILE *out, Arena *arena, Str file, const ResultDocument *document, const FileSettings *settings) {
    uint32_t count = failures_of(document, settings);
    const Finding *first = document->findings;
    while (first->severity < settings->failOn) first++;
    Str message = report_message(arena, first, settings);
    if (count > 1) message = str_format(arena, "%u findings; the first: %.*s", count, TEXT(message));
    fputs("      <failure", out);
    put_attribute(out, "type", first->rule->name);
    put_attribute(out, "message", message);
    fputc('>', out);
    put_findings(out, file, document, settings, true);
    fputs("</failure>\n", out);
}

static void put_test(FILE *out, Arena *arena, Str file, const ResultDocument *document, const FileSettings *settings) {
    uint32_t failures = failures_of(document, settings);
    Str name = object_name(arena, document);
    if (!name.len) name = str_format(arena, "document %u", document->index + 1);
    fputs("    <testcase", out);
    put_attribute(out, "classname", file);
    put_attribute(out, "name", name);
    if (!document->findingCount && !document->skipped) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n", out);
    if (failures)
        put_failure(out, arena, file, document, settings);
    else if (document->skipped)
        fputs("      <skipped message=\"podlint does not judge this kind\"/>\n", out);
    if (document->findingCount > failures) {
        fputs("      <system-out>", out);
        put_findings(out, file, document, settings, false);
        fputs("</system-out>\n", out);
    }
    fputs("    </testcase>\n", out);
}

static void put_suite(FILE *out, Arena *arena, const ResultFile *file) {
    Counts counts = counts_of(file);
    Str name = report_file(arena, file->name);
    fputs("  <testsuite", out);
    put_attribute(out, "name", name);
    put_counts(out, &counts);
    put_number(out, "skipped", counts.skipped);
    fputs(">\n", out);
    if (file->error.at) {
        fputs("    <testcase", out);
        put_attribute(out, "classname", name);
        fputs(" name=\"can be read\">\n      <error type=\"unread\"", out);
        put_attribute(out, "message", file->error);
        fputs("/>\n    </testcase>\n", out);
    }
    for (uint32_t i = 0; i < file->documentCount; i++) put_test(out, arena, name, &file->documents[i], file->settings);
    fputs("  </testsuite>\n", out);
}

void report_junit(FILE *out, const Run *run, const ReportSettings *settings) {
    (void)settings;
    Arena arena = {0};
    Counts sum = {0};
    for (uint32_t i = 0; i < run->fileCount; i++) {
        Counts counts = counts_of(&run->files[i]);
        sum.tests += counts.tests;
        sum.failures += counts.failures;
        sum.errors += counts.errors;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"podlint\"", out);
    put_counts(out, &sum);
    fputs(">\n", out);
    for (uint32_t i = 0; i < run->fileCount; i++) {
        put_suite(out, &arena, &run->files[i]);
        arena_reset(&arena);
    }
    fputs("</testsuites>\n", out);
    arena_free(&arena);
}

static void put_fault(FILE *out, Place place, const char *severity, Str message, Str rule) {
    fputs("    <error", out);
    put_number(out, "line", place.line);
    put_number(out, "column", place.column);
    put_attribute(out, "severity", str_of(severity));
    put_attribute(out, "message", message);
    fputs(" source=\"podlint.", out);
    put_xml(out, rule);
    fputs("\"/>\n", out);
}

void report_checkstyle(FILE *out, const Run *run, const ReportSettings *settings) {
    (void)settings;
    Arena arena = {0};
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n", out);
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        fputs("  <file", out);
        put_attribute(out, "name", report_file(&arena, file->name));
        fputs(">\n", out);
        if (file->error.at) put_fault(out, (Place){1, 1}, "error", report_unread(&arena, file), S("unread"));
        for (uint32_t j = 0; j < file->documentCount; j++)
            for (uint32_t k = 0; k < file->documents[j].findingCount; k++) {
                const Finding *f = &file->documents[j].findings[k];
                put_fault(out, f->start, severity_name((Severity)f->severity), report_sentence(&arena, f, file->settings),
                          f->rule->name);
            }
        fputs("  </file>\n", out);
        arena_reset(&arena);
    }
    fputs("</checkstyle>\n", out);
    arena_free(&arena);
}
