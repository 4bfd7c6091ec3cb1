#include "result.h"

void run_count(Run *run) {
    run->unreadableFiles = run->documents = run->accepted = run->rejected = run->skipped = 0;
    run->errors = run->warnings = run->infos = 0;
    run->ignored = 0;
    memset(run->classes, 0, sizeof run->classes);
    run->failed = false;
    for (uint32_t i = 0; i < run->fileCount; i++) {
        const ResultFile *file = &run->files[i];
        run->unreadableFiles += file->error.at != NULL;
        for (uint32_t j = 0; j < file->documentCount; j++) {
            const ResultDocument *document = &file->documents[j];
            run->documents++;
            run->ignored += document->ignoredCount;
            run->classes[document->class]++;
            if (document->skipped)
                run->skipped++;
            else if (document->accepted)
                run->accepted++;
            else
                run->rejected++;
            for (uint32_t k = 0; k < document->findingCount; k++) {
                run->errors += document->findings[k].severity == SEVERITY_ERROR;
                run->warnings += document->findings[k].severity == SEVERITY_WARNING;
                run->infos += document->findings[k].severity == SEVERITY_INFO;
                run->failed |= document->findings[k].severity >= file->settings->failOn;
            }
        }
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
