/* Amounts of bytes that the API server warns of. */
#include "warning.h"

/* What to write instead of an amount with a fraction. */
static Str byte_hint(Arena *arena, const Quantity *quantity) {
    Str text = quantity->text;
    if (text.len > 1 && text.at[text.len - 1] == 'm') {
        int n = (int)text.len - 1;
        return str_format(arena, "m means thousandths; did you mean %.*sM or %.*sMi?", n, text.at, n, text.at);
    }
    return str_format(arena, "write %lld, or another whole number", (long long)quantity_value(quantity));
}

/* The server counts an amount in thousandths to see whether it is whole, in an integer of 64 bits that may overflow: what is left
 * then decides, except that amounts of few digits with a large power of ten become 0. */
static bool overflow_looks_fractional(const Quantity *quantity, Int128 milli) {
    Str text = quantity->text;
    if (quantity->format == QUANTITY_EXPONENT || (text.len && strchr("GTPE", text.at[text.len - 1]))) return false;
    return (int64_t)(uint64_t)milli % 1000 != 0;
}

static void check_bytes(Check *c, const QuantityMap *amounts, Str name, const Path *at, const Path *printed) {
    const Quantity *quantity = quantity_get(*amounts, name);
    if (!quantity || quantity->nano % NANO == 0) {
        Int128 milli = quantity ? quantity->nano / (NANO / 1000) : 0;
        if (milli <= INT64_MAX && milli >= INT64_MIN) return;
        if (!overflow_looks_fractional(quantity, milli)) return;
    }
    Path key = path_key(at, name), shownKey = path_key(printed, name);
    Where place = where_printed(c, &key, &shownKey);
    if (quantity->nano % NANO)
        emit_warn_fractional_bytes(c->diags, place, .quantity = quantity->text, .hint = byte_hint(c->arena, quantity));
    else
        emit_warn_bytes_overflow(c->diags, place, .quantity = quantity->text);
}

void check_memory_warnings(Check *c, const QuantityMap *amounts, const Path *path) {
    if (!amounts->n) return;
    check_bytes(c, amounts, S("memory"), path, path);
    check_bytes(c, amounts, S("ephemeral-storage"), path, path);
}

void check_claim_warnings(Check *c, const PersistentVolumeClaimSpec *spec, const Path *at, const Path *printed) {
    Path resources = FIELD(at, "resources"), requests = FIELD(&resources, "requests"), limits = FIELD(&resources, "limits");
    Path printedUp = FIELD(printed, "resources");
    Path printedRequests = FIELD(&printedUp, "requests"), printedLimits = FIELD(&printedUp, "limits");
    check_bytes(c, &spec->resources.requests, S("storage"), &requests, &printedRequests);
    check_bytes(c, &spec->resources.limits, S("storage"), &limits, &printedLimits);
}
