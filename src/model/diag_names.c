/* What the enumerations of diag.h are called; apart from diag.c because the generator, which has no rules yet, needs it too. */
#include "diag.h"

const char *const severity_names[SEVERITY_ERROR + 1] = {SEVERITY_NAMES};

const char *const diag_source_names[FROM_ADMISSION + 1] = {
    [FROM_YAML] = "yaml",       [FROM_SCHEMA] = "schema",       [FROM_API] = "api",
    [FROM_WARNING] = "warning", [FROM_LINT] = "lint",           [FROM_POD_SECURITY] = "pod-security",
    [FROM_POLICY] = "policy",   [FROM_ADMISSION] = "admission",
};

const char *const api_error_names[API_INTERNAL + 1] = {
    [API_NONE] = "",
    [API_REQUIRED] = "FieldValueRequired",
    [API_INVALID] = "FieldValueInvalid",
    [API_DUPLICATE] = "FieldValueDuplicate",
    [API_NOT_SUPPORTED] = "FieldValueNotSupported",
    [API_FORBIDDEN] = "FieldValueForbidden",
    [API_TOO_LONG] = "FieldValueTooLong",
    [API_TOO_MANY] = "FieldValueTooMany",
    [API_TYPE_INVALID] = "FieldValueTypeInvalid",
    [API_NOT_FOUND] = "FieldValueNotFound",
    [API_INTERNAL] = "InternalError",
};

const char *severity_name(Severity severity) {
    return severity_names[severity];
}

const char *diag_source_name(DiagSource source) {
    return diag_source_names[source];
}

const char *api_error_name(ApiError type) {
    return type == API_NONE ? NULL : api_error_names[type];
}
