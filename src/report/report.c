#include "shared.h"

const ReportFormat report_formats[] = {
#define ROW(name, places, note) {#name, note, places, report_##name},
    REPORT_FORMATS(ROW)
#undef ROW
};

const size_t report_format_count = COUNT(report_formats);

/* Other programs take a place for one in the file, which what was rendered from it is not: they get the file as a whole, and the
 * place as a part of the message. */
static Run place_in_files(Arena *arena, const Run *run) {
    Run placed = *run;
    placed.files = NEW_ARRAY(arena, ResultFile, run->fileCount + 1);
    for (uint32_t i = 0; i < run->fileCount; i++) {
        ResultFile *file = &placed.files[i];
        *file = run->files[i];
        if (!file->rendered.at) continue;
        file->documents = NEW_ARRAY(arena, ResultDocument, file->documentCount + 1);
        for (uint32_t j = 0; j < file->documentCount; j++) {
            ResultDocument *document = &file->documents[j];
            *document = run->files[i].documents[j];
            document->findings = NEW_ARRAY(arena, Finding, document->findingCount + 1);
            for (uint32_t k = 0; k < document->findingCount; k++) {
                Finding f = run->files[i].documents[j].findings[k];
                f.message = str_format(arena, "%.*s (line %u of what `%.*s` prints)", TEXT(f.message), f.start.line,
                                       TEXT(file->rendered));
                f.start = f.end = (Place){1, 1};
                f.noteCount = 0;
                document->findings[k] = f;
            }
        }
    }
    return placed;
}

void report_write(FILE *out, const Run *run, const ReportSettings *settings) {
    Arena arena = {0};
    Run placed = settings->format->places == PLACES_IN_FILES ? place_in_files(&arena, run) : *run;
    settings->format->write(out, &placed, settings);
    arena_free(&arena);
}
