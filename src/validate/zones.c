/* The time zones that a CronJob may name: Go's time.LoadLocation with the IANA database, of which only the names count here. The
 * list is part of the program, so that a manifest is judged alike on every machine; it is that of release 2025c. */
#include "cron.h"

typedef struct ZoneArea {
    Str prefix;
    Str names; /* sorted, joined by a space */
} ZoneArea;

static const ZoneArea areas[] = {
    {STR(""),
     STR("CET CST6CDT Cuba EET EST EST5EDT Egypt Eire Factory GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland "
         "Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK "
         "Singapore Turkey UCT UTC Universal W-SU WET Zulu")},
    {STR("Africa/"),
     STR("Abidjan Accra Addis_Ababa Algiers Asmara Asmera Bamako Bangui Banjul Bissau Blantyre Brazzaville Bujumbura Cairo "
         "Casablanca Ceuta Conakry Dakar Dar_es_Salaam Djibouti Douala El_Aaiun Freetown Gaborone Harare Johannesburg Juba "
         "Kampala Khartoum Kigali Kinshasa Lagos Libreville Lome Luanda Lubumbashi Lusaka Malabo Maputo Maseru Mbabane "
         "Mogadishu Monrovia Nairobi Ndjamena Niamey Nouakchott Ouagadougou Porto-Novo Sao_Tome Timbuktu Tripoli Tunis "
         "Windhoek")},
    {STR("America/"),
     STR("Adak Anchorage Anguilla Antigua Araguaina Argentina/Buenos_Aires Argentina/Catamarca Argentina/ComodRivadavia "
         "Argentina/Cordoba Argentina/Jujuy Argentina/La_Rioja Argentina/Mendoza Argentina/Rio_Gallegos Argentina/Salta "
         "Argentina/San_Juan Argentina/San_Luis Argentina/Tucuman Argentina/Ushuaia Aruba Asuncion Atikokan Atka Bahia "
         "Bahia_Banderas Barbados Belem Belize Blanc-Sablon Boa_Vista Bogota Boise Buenos_Aires Cambridge_Bay Campo_Grande "
         "Cancun Caracas Catamarca Cayenne Cayman Chicago Chihuahua Ciudad_Juarez Coral_Harbour Cordoba Costa_Rica Coyhaique "
         "Creston Cuiaba Curacao Danmarkshavn Dawson Dawson_Creek Denver Detroit Dominica Edmonton Eirunepe El_Salvador "
         "Ensenada Fort_Nelson Fort_Wayne Fortaleza Glace_Bay Godthab Goose_Bay Grand_Turk Grenada Guadeloupe Guatemala "
         "Guayaquil Guyana Halifax Havana Hermosillo Indiana/Indianapolis Indiana/Knox Indiana/Marengo Indiana/Petersburg "
         "Indiana/Tell_City Indiana/Vevay Indiana/Vincennes Indiana/Winamac Indianapolis Inuvik Iqaluit Jamaica Jujuy Juneau "
         "Kentucky/Louisville Kentucky/Monticello Knox_IN Kralendijk La_Paz Lima Los_Angeles Louisville Lower_Princes Maceio "
         "Managua Manaus Marigot Martinique Matamoros Mazatlan Mendoza Menominee Merida Metlakatla Mexico_City Miquelon "
         "Moncton Monterrey Montevideo Montreal Montserrat Nassau New_York Nipigon Nome Noronha North_Dakota/Beulah "
         "North_Dakota/Center North_Dakota/New_Salem Nuuk Ojinaga Panama Pangnirtung Paramaribo Phoenix Port-au-Prince "
         "Port_of_Spain Porto_Acre Porto_Velho Puerto_Rico Punta_Arenas Rainy_River Rankin_Inlet Recife Regina Resolute "
         "Rio_Branco Rosario Santa_Isabel Santarem Santiago Santo_Domingo Sao_Paulo Scoresbysund Shiprock Sitka St_Barthelemy "
         "St_Johns St_Kitts St_Lucia St_Thomas St_Vincent Swift_Current Tegucigalpa Thule Thunder_Bay Tijuana Toronto Tortola "
         "Vancouver Virgin Whitehorse Winnipeg Yakutat Yellowknife")},
    {STR("Antarctica/"), STR("Casey Davis DumontDUrville Macquarie Mawson McMurdo Palmer Rothera South_Pole Syowa Troll Vostok")},
    {STR("Arctic/"), STR("Longyearbyen")},
    {STR("Asia/"),
     STR("Aden Almaty Amman Anadyr Aqtau Aqtobe Ashgabat Ashkhabad Atyrau Baghdad Bahrain Baku Bangkok Barnaul Beirut Bishkek "
         "Brunei Calcutta Chita Choibalsan Chongqing Chungking Colombo Dacca Damascus Dhaka Dili Dubai Dushanbe Famagusta Gaza "
         "Harbin Hebron Ho_Chi_Minh Hong_Kong Hovd Irkutsk Istanbul Jakarta Jayapura Jerusalem Kabul Kamchatka Karachi Kashgar "
         "Kathmandu Katmandu Khandyga Kolkata Krasnoyarsk Kuala_Lumpur Kuching Kuwait Macao Macau Magadan Makassar Manila "
         "Muscat Nicosia Novokuznetsk Novosibirsk Omsk Oral Phnom_Penh Pontianak Pyongyang Qatar Qostanay Qyzylorda Rangoon "
         "Riyadh Saigon Sakhalin Samarkand Seoul Shanghai Singapore Srednekolymsk Taipei Tashkent Tbilisi Tehran Tel_Aviv "
         "Thimbu Thimphu Tokyo Tomsk Ujung_Pandang Ulaanbaatar Ulan_Bator Urumqi Ust-Nera Vientiane Vladivostok Yakutsk Yangon "
         "Yekaterinburg Yerevan")},
    {STR("Atlantic/"),
     STR("Azores Bermuda Canary Cape_Verde Faeroe Faroe Jan_Mayen Madeira Reykjavik South_Georgia St_Helena Stanley")},
    {STR("Australia/"),
     STR("ACT Adelaide Brisbane Broken_Hill Canberra Currie Darwin Eucla Hobart LHI Lindeman Lord_Howe Melbourne NSW North "
         "Perth Queensland South Sydney Tasmania Victoria West Yancowinna")},
    {STR("Brazil/"), STR("Acre DeNoronha East West")},
    {STR("Canada/"), STR("Atlantic Central Eastern Mountain Newfoundland Pacific Saskatchewan Yukon")},
    {STR("Chile/"), STR("Continental EasterIsland")},
    {STR("Etc/"),
     STR("GMT GMT+0 GMT+1 GMT+10 GMT+11 GMT+12 GMT+2 GMT+3 GMT+4 GMT+5 GMT+6 GMT+7 GMT+8 GMT+9 GMT-0 GMT-1 GMT-10 GMT-11 "
         "GMT-12 GMT-13 GMT-14 GMT-2 GMT-3 GMT-4 GMT-5 GMT-6 GMT-7 GMT-8 GMT-9 GMT0 Greenwich UCT UTC Universal Zulu")},
    {STR("Europe/"),
     STR("Amsterdam Andorra Astrakhan Athens Belfast Belgrade Berlin Bratislava Brussels Bucharest Budapest Busingen Chisinau "
         "Copenhagen Dublin Gibraltar Guernsey Helsinki Isle_of_Man Istanbul Jersey Kaliningrad Kiev Kirov Kyiv Lisbon "
         "Ljubljana London Luxembourg Madrid Malta Mariehamn Minsk Monaco Moscow Nicosia Oslo Paris Podgorica Prague Riga Rome "
         "Samara San_Marino Sarajevo Saratov Simferopol Skopje Sofia Stockholm Tallinn Tirane Tiraspol Ulyanovsk Uzhgorod "
         "Vaduz Vatican Vienna Vilnius Volgograd Warsaw Zagreb Zaporozhye Zurich")},
    {STR("Indian/"), STR("Antananarivo Chagos Christmas Cocos Comoro Kerguelen Mahe Maldives Mauritius Mayotte Reunion")},
    {STR("Mexico/"), STR("BajaNorte BajaSur General")},
    {STR("Pacific/"),
     STR("Apia Auckland Bougainville Chatham Chuuk Easter Efate Enderbury Fakaofo Fiji Funafuti Galapagos Gambier Guadalcanal "
         "Guam Honolulu Johnston Kanton Kiritimati Kosrae Kwajalein Majuro Marquesas Midway Nauru Niue Norfolk Noumea "
         "Pago_Pago Palau Pitcairn Pohnpei Ponape Port_Moresby Rarotonga Saipan Samoa Tahiti Tarawa Tongatapu Truk Wake Wallis "
         "Yap")},
    {STR("US/"),
     STR("Alaska Aleutian Arizona Central East-Indiana Eastern Hawaii Indiana-Starke Michigan Mountain Pacific Samoa")},
};

/* Walks the words of `names`; false after the last one. */
static bool next_word(Str *names, Str *word) {
    if (!names->len) return false;
    ptrdiff_t space = str_find(*names, ' ');
    *word = space < 0 ? *names : (Str){names->at, (size_t)space};
    *names = str_slice(*names, word->len + 1);
    return true;
}

/* The area that a name stands in, and the name within it. */
static const ZoneArea *area_of(Str *name) {
    ptrdiff_t slash = str_find(*name, '/');
    Str prefix = {name->at, (size_t)(slash + 1)};
    for (size_t i = 0; i < COUNT(areas); i++) {
        if (!str_eq(areas[i].prefix, prefix)) continue;
        *name = str_slice(*name, prefix.len);
        return &areas[i];
    }
    return NULL;
}

bool zone_known(Str name) {
    /* The two other trees of a zoneinfo directory hold the same names. */
    if (str_starts(name, S("posix/")) || str_starts(name, S("right/"))) name = str_slice(name, 6);
    const ZoneArea *area = area_of(&name);
    if (!area) return false;
    Str names = area->names, word;
    while (next_word(&names, &word))
        if (str_eq(word, name)) return true;
    return false;
}

Str zone_meant(Arena *arena, Str name) {
    Near near = near_start(name);
    Str place = str_slice(name, (size_t)(str_rfind(name, '/') + 1));
    for (size_t i = 0; i < COUNT(areas); i++) {
        Str names = areas[i].names, word;
        while (next_word(&names, &word)) {
            Str full = str_join(arena, areas[i].prefix, word);
            /* A city in the wrong case, or with the wrong area or none before it. */
            if (str_eq_nocase(str_slice(word, (size_t)(str_rfind(word, '/') + 1)), place)) return near_question(arena, full);
            near_try(&near, full);
        }
    }
    /* PST and the like are near many names, and mean none of them. */
    if (name.len <= 5) return S("abbreviations are ambiguous; name a place, as in Europe/Berlin, or UTC");
    return near.found.len ? near_question(arena, near.found)
                          : S("write area and place as the IANA does, as in Europe/Berlin or UTC");
}
