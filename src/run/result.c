#include "result.h"

void run_count(Run *run) {
    run->unreadableFiles = run->documents = run->accepted = run->rejected = run->skipped = 0;
    run->errors = run->warnings = run->infos = 0;
    run->ignored = run->refused = run->innerPods = 0;
    memset(run->classes, 0, sizeof run->classes);
    run->failed = false;
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        run->unreadableFiles += file->error.at != NULL;
        for (uint32_t j = 0; j < file->documentCount; j++) {
            const ResultDocument *document = &file->documents[j];
            run->documents++;
            run->ignored += document->ignoredCount;
            run->innerPods += document->innerPods;
            run->classes[document->class]++;
            if (document->skipped)
                run->skipped++;
            else if (document->accepted)
                run->accepted++;
            else
                run->rejected++;
            bool refused = document->refusedByPlugin;
            for (uint32_t k = 0; k < document->findingCount; k++) {
                refused |= document->findings[k].severity == SEVERITY_ERROR && rule_refuses(document->findings[k].rule);
                run->errors += document->findings[k].severity == SEVERITY_ERROR;
                run->warnings += document->findings[k].severity == SEVERITY_WARNING;
                run->infos += document->findings[k].severity == SEVERITY_INFO;
                run->failed |= document->findings[k].severity >= file->settings->failOn;
            }
            for (uint32_t k = 0; k < document->more.n; k++) {
                const FindingCount *more = &document->more.at[k];
                refused |= more->severity == SEVERITY_ERROR && rule_refuses(more->rule);
                *(more->severity == SEVERITY_ERROR     ? &run->errors
                  : more->severity == SEVERITY_WARNING ? &run->warnings
                                                       : &run->infos) += more->n;
                run->failed |= more->severity >= file->settings->failOn;
            }
            run->refused += refused && !document->skipped;
        }
    }
}

/* The same for one file; `counts` has room for every rule and is all zeros before and after. */
static uint32_t cut_file(ResultFile *file, uint32_t *counts, uint32_t most) {
    uint32_t cut = 0;
    for (uint32_t i = 0; i < file->documentCount; i++) {
        ResultDocument *document = &file->documents[i];
        uint32_t kept = 0;
        for (uint32_t j = 0; j < document->findingCount; j++)
            if (counts[document->findings[j].rule->number]++ < most) document->findings[kept++] = document->findings[j];
        cut += document->findingCount - kept;
        document->findingCount = kept;
    }
    for (uint32_t i = 0; i < file->documentCount; i++)
        for (uint32_t j = 0; j < file->documents[i].findingCount; j++) counts[file->documents[i].findings[j].rule->number] = 0;
    return cut;
}

void run_cut(Run *run, Arena *arena, uint32_t most) {
    uint32_t *counts = NULL;
    for (uint32_t i = 0; i < run->fileCount; i++)
        for (uint32_t j = 0; j < run->files[i].documentCount; j++)
            for (uint32_t k = 0; k < run->files[i].documents[j].more.n; k++)
                run->notShown += run->files[i].documents[j].more.at[k].n;
    for (uint32_t i = 0; i < run->fileCount && most; i++) {
        uint32_t found = 0;
        for (uint32_t j = 0; j < run->files[i].documentCount; j++) found += run->files[i].documents[j].findingCount;
        if (found <= most) continue;
        if (!counts) counts = NEW_ARRAY(arena, uint32_t, UINT16_MAX + 1);
        run->notShown += cut_file(&run->files[i], counts, most);
    }
}

bool run_next(RunWalk *walk) {
    while (walk->nextFile < walk->run->fileCount) {
        walk->file = &walk->run->files[walk->nextFile];
        while (walk->nextDocument < walk->file->documentCount) {
            walk->document = &walk->file->documents[walk->nextDocument];
            if (walk->nextFinding < walk->document->findingCount) {
                walk->finding = &walk->document->findings[walk->nextFinding++];
                return true;
            }
            walk->nextDocument++;
            walk->nextFinding = 0;
        }
        walk->nextFile++;
        walk->nextDocument = 0;
    }
    return false;
}
