/* What the client can, and what its user has set. */
#ifndef PODLINT_LSP_SETTINGS_H
#define PODLINT_LSP_SETTINGS_H

#include "server.h"

/* Reads the parameters of `initialize`. */
void client_read(Client *client, const json_t *params);

/* Asks the client to tell of files and settings that change. */
void client_register(Server *s);

/* Asks for the settings, and takes what the client answers to any request. */
void client_ask_settings(Server *s);
void client_answered(Server *s, Str id, const json_t *result);

/* Takes the settings of an editor, on their own or below "podlint"; everything is judged anew. */
void settings_read(Server *s, const json_t *settings);

#endif
