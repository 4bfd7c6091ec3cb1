/* What podlint is compared with: a program that links nothing but libyaml, and reads the events of the files that are named. */
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

static int read_events(const char *name) {
    FILE *file = fopen(name, "rbe");
    if (!file || fseek(file, 0, SEEK_END) != 0) return 2;
    size_t size = (size_t)ftell(file);
    unsigned char *text = malloc(size + 1);
    rewind(file);
    if (!text || fread(text, 1, size, file) != size) return 2;
    fclose(file);
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return 2;
    yaml_parser_set_input_string(&parser, text, size);
    for (int more = 1; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) break;
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    free(text);
    return 0;
}

int main(int argc, char **argv) {
    int code = 0;
    for (int i = 1; i < argc && code == 0; i++) code = read_events(argv[i]);
    return code;
}
