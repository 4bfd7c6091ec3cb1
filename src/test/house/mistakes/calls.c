/* Calls of the emitters of the planted rules, as a source would have them. */
f(emit_mistake_of_the_api_1(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_2(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_3(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_5(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_6(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_7(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_8(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_9(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_10(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_11(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_12(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_13(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_14(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_of_the_api_15(list, where(c, "(,.no"), .field = g(x, y), /* ,.no */ .value = v));
f(emit_mistake_16(list, where));
f(emit_mistake_17(list, where));
f(emit_mistake_22(list, where));
f(lint_int(lint, RULE_mistake_22, S("min")));
