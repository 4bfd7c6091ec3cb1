/* Reads a script of a POSIX shell command by command, with quotes, substitutions, loops and conditions. What it does not
 * understand it takes for something that may take no time, or may end the script: what is counted is certain. */
#include "script.h"

#include "model/scalar.h"

enum { LONGEST = INT32_MAX, DEEPEST = 16, MOST_VARIABLES = 8 };

/* A variable that a loop may count with. */
typedef struct Variable {
    Str name;
    int64_t value;
    bool counts; /* it was raised by one */
} Variable;

typedef struct Script {
    Str rest;
    Str command; /* the one at hand, trimmed */
    char end;    /* what stands behind it: ; & (in the background) | A (and) O (or) or another sign; 0 at the end */
    bool exits;  /* something may have ended the script */
    bool breaks; /* something may have ended the loop at hand */
    bool busy;   /* there is a command that may run for long */
    unsigned depth;
    Variable variables[MOST_VARIABLES];
    uint32_t variableCount;
} Script;

/* Words. */

static Str last_part(Str path) {
    return str_slice(path, (size_t)(str_rfind(path, '/') + 1));
}

bool sleep_length(Str word, int64_t *seconds) {
    static const char units[] = {'s', 'm', 'h', 'd'};
    static const int factors[] = {1, 60, 3600, 86400};
    int factor = 1;
    for (size_t i = 0; word.len && i < sizeof units; i++)
        if (word.at[word.len - 1] == units[i]) {
            factor = factors[i];
            word.len--;
            break;
        }
    int64_t whole = 0, tenths = 0;
    ptrdiff_t point = str_find(word, '.');
    Str before = point < 0 ? word : (Str){word.at, (size_t)point};
    if (before.len ? !int_parse(before, 0, LONGEST, &whole) : word.len < 2) return false;
    if (point >= 0) {
        Str after = str_slice(word, (size_t)point + 1);
        for (size_t i = 0; i < after.len; i++)
            if (after.at[i] < '0' || after.at[i] > '9') return false;
        if (after.len) tenths = after.at[0] - '0';
        if (tenths == 0 && after.len > 1) tenths = 1;
    }
    *seconds = whole * factor + (tenths * factor + 9) / 10;
    return true;
}

/* The length of a text up to and with a sign that closes it. */
static size_t closed_by(Str text, char close) {
    size_t n = 1;
    while (n < text.len && text.at[n] != close) n += text.at[n] == '\\' && close != '\'' ? 2 : 1;
    return n < text.len ? n + 1 : text.len;
}

/* The length of what stands together at the beginning of a text: something quoted or substituted, or one character. */
static size_t unit_length(Str text) {
    char first = text.at[0];
    if (first == '\\') return text.len > 1 ? 2 : 1;
    if (first == '\'' || first == '"' || first == '`') return closed_by(text, first);
    if (first != '$' || text.len < 2) return 1;
    if (text.at[1] == '{') return closed_by(text, '}');
    if (text.at[1] != '(') return 1;
    size_t open = 0, n = 1;
    do {
        open += text.at[n] == '(';
        open -= text.at[n] == ')';
        n++;
    } while (open && n < text.len);
    return n;
}

static Str next_word(Str *text) {
    *text = str_trim(*text);
    size_t n = 0;
    while (n < text->len && text->at[n] != ' ' && text->at[n] != '\t') n += unit_length(str_slice(*text, n));
    Str word = {text->at, n};
    *text = str_slice(*text, n);
    return word;
}

static Str unquoted(Str word) {
    bool quoted = word.len > 1 && (word.at[0] == '"' || word.at[0] == '\'') && word.at[word.len - 1] == word.at[0];
    return quoted ? (Str){word.at + 1, word.len - 2} : word;
}

/* Commands. */

static bool is_redirection(Str text, size_t n) {
    return (n && (text.at[n - 1] == '>' || text.at[n - 1] == '<')) || (n + 1 < text.len && text.at[n + 1] == '>');
}

/* Takes the next command; false at the end. */
static bool next_command(Script *s) {
    while (s->rest.len && (is_space(s->rest.at[0]) || s->rest.at[0] == ';')) s->rest = str_slice(s->rest, 1);
    if (!s->rest.len) return false;
    Str text = s->rest;
    size_t n = 0;
    while (n < text.len && !strchr(";\n|()", text.at[n]) && (text.at[n] != '&' || is_redirection(text, n))) {
        if (text.at[n] == '#' && (!n || is_space(text.at[n - 1])))
            while (n + 1 < text.len && text.at[n + 1] != '\n') n++;
        n += unit_length(str_slice(text, n));
    }
    s->command = str_trim((Str){text.at, n});
    Str sign = str_slice(text, n);
    bool both = sign.len > 1 && sign.at[0] == sign.at[1] && (sign.at[0] == '&' || sign.at[0] == '|');
    s->end = !sign.len ? '\0' : both ? (sign.at[0] == '&' ? 'A' : 'O') : sign.at[0] == '\n' ? ';' : sign.at[0];
    s->rest = str_slice(sign, both ? 2 : 1);
    return true;
}

/* NAME=VALUE at the beginning of a command. */
static bool is_assignment(Str command) {
    size_t n = 0;
    while (n < command.len && (is_alnum(command.at[n]) || command.at[n] == '_')) n++;
    return n && n < command.len && command.at[n] == '=' && !is_digit(command.at[0]);
}

static Variable *find_variable(Script *s, Str name) {
    for (uint32_t i = 0; i < s->variableCount; i++)
        if (str_eq(s->variables[i].name, name)) return &s->variables[i];
    return NULL;
}

static void assign(Script *s, Str command) {
    Str word = next_word(&command);
    ptrdiff_t sign = str_find(word, '=');
    Str name = {word.at, (size_t)sign}, value = unquoted(str_slice(word, (size_t)sign + 1));
    Variable *variable = find_variable(s, name);
    int64_t number;
    if (variable && str_starts(value, S("$(")) && (str_has(value, S("+1")) || str_has(value, S("+ 1")))) {
        variable->counts = true;
        return;
    }
    bool known = int_parse(value, 0, LONGEST, &number);
    if (!variable && known && s->variableCount < MOST_VARIABLES) {
        s->variables[s->variableCount++] = (Variable){name, number, false};
    } else if (variable) {
        variable->value = known ? number : LONGEST;
        variable->counts = false;
    }
}

/* Loops. */

static int64_t clamp(int64_t n) {
    return n > LONGEST ? LONGEST : n < 0 ? 0 : n;
}

/* The turns of `seq LAST`, `seq FIRST LAST` or {FIRST..LAST}; -1 if the word is none of them. */
static int64_t range_turns(Str word) {
    int64_t first = 1, last;
    if (word.len > 2 && word.at[0] == '{') {
        Str inner = {word.at + 1, word.len - 2};
        ptrdiff_t dots = str_find(inner, '.');
        if (dots < 1 || !str_starts(str_slice(inner, (size_t)dots), S(".."))) return -1;
        bool numbers = int_parse((Str){inner.at, (size_t)dots}, 0, LONGEST, &first) &&
                       int_parse(str_slice(inner, (size_t)dots + 2), 0, LONGEST, &last);
        return numbers ? clamp(last - first + 1) : -1;
    }
    if (word.len < 3 || (!str_starts(word, S("$(")) && word.at[0] != '`')) return -1;
    size_t head = word.at[0] == '`' ? 1 : 2;
    Str inner = {word.at + head, word.len - head - 1}, program = next_word(&inner), a = next_word(&inner), b = next_word(&inner);
    if (!str_eq(last_part(program), S("seq")) || str_trim(inner).len) return -1;
    if (!b.len) return int_parse(a, 0, LONGEST, &last) ? last : -1;
    return int_parse(a, 0, LONGEST, &first) && int_parse(b, 0, LONGEST, &last) ? clamp(last - first + 1) : -1;
}

/* The turns of `for NAME in WORDS`; -1 if they cannot be counted. */
static int64_t for_turns(Str command) {
    next_word(&command);
    next_word(&command);
    if (!str_eq(next_word(&command), S("in"))) return -1;
    int64_t sum = 0;
    for (Str word; (word = next_word(&command)).len;) {
        int64_t turns = range_turns(word);
        if (turns < 0 && (str_find(word, '$') >= 0 || str_find(word, '*') >= 0 || str_find(word, '`') >= 0)) return -1;
        sum += turns < 0 ? 1 : turns;
    }
    return clamp(sum);
}

/* A condition `[ $NAME -lt NUMBER ]`. The variable has the value that it had before the loop; whether it counts is known behind.
 */
typedef struct Counter {
    Variable *variable;
    int64_t turns;
} Counter;

static Counter counter_of(Script *s, Str condition, bool until) {
    static const Str below[] = {STR("-lt"), STR("-ne")}, upTo[] = {STR("-le")}, from[] = {STR("-ge"), STR("-eq")},
                     above[] = {STR("-gt")};
    Str open = next_word(&condition), name = unquoted(next_word(&condition)), sign = next_word(&condition);
    Str number = unquoted(next_word(&condition)), close = next_word(&condition);
    int64_t limit;
    bool test = (str_eq(open, S("[")) && str_eq(close, S("]"))) || (str_eq(open, S("[[")) && str_eq(close, S("]]")));
    if (!test || !str_starts(name, S("$")) || str_trim(condition).len || !int_parse(number, 0, LONGEST, &limit))
        return (Counter){0};
    name = str_slice(name, 1);
    if (str_starts(name, S("{")) && str_ends(name, S("}"))) name = (Str){name.at + 1, name.len - 2};
    Variable *variable = find_variable(s, name);
    bool before = until ? str_in(sign, from, COUNT(from)) : str_in(sign, below, COUNT(below));
    bool with = until ? str_in(sign, above, COUNT(above)) : str_in(sign, upTo, COUNT(upTo));
    if (!variable || (!before && !with)) return (Counter){0};
    variable->counts = false;
    return (Counter){variable, clamp(limit - variable->value + with)};
}

/* Blocks. */

static int64_t read_block(Script *s, Str close);

static int64_t read_loop(Script *s, Str command, Str word) {
    bool breaks = s->breaks, isFor = str_eq(word, S("for"));
    int64_t turns = isFor ? for_turns(command) : -1;
    Str condition = command;
    next_word(&condition);
    Counter counter = isFor ? (Counter){0} : counter_of(s, condition, str_eq(word, S("until")));
    s->breaks = false;
    int64_t body = read_block(s, S("done"));
    if (counter.variable) {
        turns = counter.variable->counts ? counter.turns : -1;
        counter.variable->value = LONGEST;
    }
    if (s->breaks || s->end == '&') turns = -1;
    s->busy |= turns < 0;
    s->breaks = breaks;
    return turns < 0 || body < 0 ? SCRIPT_UNKNOWN : clamp(turns * body);
}

bool command_ends(const Str *words, uint32_t count, int64_t *seconds) {
    static const Str brief[] = {STR("echo"),  STR("printf"),   STR("date"),   STR("true"),    STR("false"), STR(":"),
                                STR("ls"),    STR("pwd"),      STR("id"),     STR("env"),     STR("uname"), STR("mkdir"),
                                STR("touch"), STR("rm"),       STR("cp"),     STR("mv"),      STR("chmod"), STR("chown"),
                                STR("ln"),    STR("cd"),       STR("export"), STR("set"),     STR("exit"),  STR("test"),
                                STR("["),     STR("hostname"), STR("whoami"), STR("printenv")};
    Str program = count ? last_part(words[0]) : S("");
    *seconds = 0;
    if (str_eq(program, S("sleep"))) return count == 2 && sleep_length(words[1], seconds);
    if (str_eq(program, S("cat"))) return count > 1 && words[1].len && words[1].at[0] != '-';
    if (str_eq(program, S("env"))) return count == 1;
    return str_in(program, brief, COUNT(brief));
}

/* The seconds of a plain command. */
static int64_t read_plain(Script *s, Str command) {
    enum { FEW = 8 };
    Str words[FEW], whole = command;
    uint32_t count = 0;
    int64_t seconds;
    while (count < FEW && (words[count] = next_word(&command)).len) count++;
    bool known = count < FEW ? command_ends(words, count, &seconds) : command_ends(words, FEW, &seconds);
    s->busy |= !known || str_find(whole, '`') >= 0 || str_has(whole, S("$("));
    bool sleeps = known && str_eq(last_part(words[0]), S("sleep"));
    return sleeps && s->end != '&' ? seconds : SCRIPT_UNKNOWN;
}

static int64_t read_command(Script *s, Str command, Str word) {
    static const Str ends[] = {STR("exit"), STR("exec"), STR("return"), STR("case"), STR("{"), STR("function"), STR("trap")};
    static const Str loops[] = {STR("for"), STR("while"), STR("until")};
    if (str_in(word, loops, COUNT(loops))) return read_loop(s, command, word);
    if (str_eq(word, S("if"))) {
        read_block(s, S("fi"));
        return SCRIPT_UNKNOWN;
    }
    if (str_in(word, ends, COUNT(ends))) s->exits = true;
    if (str_eq(word, S("exit"))) return SCRIPT_UNKNOWN;
    if (str_in(word, ends, COUNT(ends))) s->busy = true;
    if (str_eq(word, S("break")) || str_eq(word, S("continue"))) s->breaks = true;
    if (!is_assignment(command)) return read_plain(s, command);
    assign(s, command);
    return SCRIPT_UNKNOWN;
}

/* Reads up to the word that closes a block, or to the end, and returns how long it sleeps at least. */
static int64_t read_block(Script *s, Str close) {
    static const Str openers[] = {STR("do"), STR("then"), STR("else"), STR("elif"), STR("!"), STR("time")};
    int64_t sum = SCRIPT_UNKNOWN;
    bool maybe = false, exits = false; /* the command is run under a condition; the script may be over */
    if (++s->depth > DEEPEST) s->exits = s->busy = true;
    while (s->depth <= DEEPEST && next_command(s)) {
        Str command = s->command, word, after;
        for (after = command; str_in(word = next_word(&after), openers, COUNT(openers));) command = str_trim(after);
        if (close.len && str_eq(word, close)) break;
        int64_t seconds = command.len ? read_command(s, command, word) : SCRIPT_UNKNOWN;
        bool odd = s->end == '(' || s->end == ')', piped = s->end == '|';
        s->exits |= odd;
        s->busy |= odd || s->end == '&';
        if (seconds >= 0 && !maybe && !exits && !odd && !piped) sum = clamp((sum < 0 ? 0 : sum) + seconds);
        exits |= s->exits;
        maybe = s->end == 'O' || piped || (maybe && s->end == 'A');
    }
    s->depth--;
    return sum;
}

int64_t script_seconds(Str script) {
    Script s = {.rest = script};
    return read_block(&s, S(""));
}

bool script_ends(Str script, int64_t *seconds) {
    Script s = {.rest = script};
    int64_t sum = read_block(&s, S(""));
    *seconds = sum < 0 ? 0 : sum;
    return !s.busy;
}

/* Signals. */

bool command_is_deaf(const Str *words, uint32_t count) {
    static const Str others[] = {STR("sleep"), STR("tail"), STR("cat"), STR("yes"), STR("wait")};
    int64_t seconds;
    if (count && str_in(last_part(words[0]), others, COUNT(others))) return true;
    return command_ends(words, count, &seconds);
}

static bool plain_is_deaf(Str command) {
    enum { FEW = 8 };
    static const Str loops[] = {STR("while"), STR("until"), STR("if"), STR("do"),  STR("then"),
                                STR("else"),  STR("elif"),  STR("!"),  STR("time")};
    static const Str bare[] = {STR("done"), STR("fi"), STR("break"), STR("continue"), STR("for")};
    Str words[FEW], after = command, word;
    uint32_t count = 0;
    while (str_in(word = next_word(&after), loops, COUNT(loops))) command = str_trim(after);
    if (!word.len || str_in(word, bare, COUNT(bare)) || is_assignment(command)) return true;
    while (count < FEW && (words[count] = next_word(&command)).len) count++;
    return command_is_deaf(words, count);
}

bool script_is_deaf(Str script) {
    Script s = {.rest = script};
    while (next_command(&s))
        if (s.end == '(' || s.end == ')' || !plain_is_deaf(s.command)) return false;
    return true;
}

/* The status of a script. */

static bool fails_by_itself(Str command, Str word) {
    static const Str words[] = {STR("return"), STR("kill"), STR("exec"), STR("false"), STR("trap")};
    if (str_in(word, words, COUNT(words))) return true;
    next_word(&command);
    Str argument = next_word(&command);
    if (str_eq(word, S("set"))) return str_starts(argument, S("-")) && str_find(argument, 'e') > 0;
    return str_eq(word, S("exit")) && !str_eq(argument, S("0"));
}

bool script_end(Str script, ScriptEnd *out) {
    static const Str compounds[] = {STR("if"), STR("for"), STR("while"), STR("until"), STR("case"), STR("{"), STR("function")};
    Script s = {.rest = script};
    char sign = '\0';
    *out = (ScriptEnd){0};
    while (next_command(&s)) {
        Str rest = s.command, word = next_word(&rest);
        if (str_in(word, compounds, COUNT(compounds)) || s.end == '(' || s.end == ')' || str_has(s.command, S("exit 1")))
            return false;
        out->fails |= fails_by_itself(s.command, word);
        if (s.command.len) *out = (ScriptEnd){s.command, out->command, sign, out->fails};
        sign = s.end;
    }
    return out->command.len > 0;
}

Str script_word(Str *command) {
    return next_word(command);
}
