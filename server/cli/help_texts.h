// The longer helps of the command line: what a person reads instead of a manual.
#pragma once

#include <string>

namespace khaosat::cli {

inline constexpr char kProgramHelp[] =
    "khaosat: from an honest survey to a score with its interval, and from the score to the clause of\n"
    "an award. One program, one data folder, nothing outside the office.";

inline constexpr char kExitCodesHelp[] =
    "Exit codes: 0 done · 1 internal error · 2 wrong usage or configuration · 3 input refused ·\n"
    "4 not allowed now · 5 not found · 6 storage or system trouble.\n"
    "Refusals stand on standard error, one line each, with a stable code in brackets.";

inline constexpr char kServeHelp[] =
    "Every option may also come from the environment (name in brackets) or from DATA/khaosat.json,\n"
    "a JSON object with the same names, '_' for '-'. A flag beats the environment, the environment\n"
    "beats the file. Without an account yet, a link to make the first one is printed; it works once,\n"
    "for 30 minutes. SIGTERM and Ctrl-C finish what has begun, then stop.";

inline constexpr char kInitHelp[] =
    "Makes the data folder, a self-signed certificate for the names given (default: this machine's\n"
    "name and localhost) with its fingerprint, and prints the link for the first account. What is\n"
    "already there is kept.";

inline constexpr char kDemoHelp[] =
    "Five communes of today's Ngân Sơn area, about 400 simulated respondents who answer through the\n"
    "server's own pages, a closed campaign with its index, an open one to try, two scorecards and award evaluations.\n"
    "Everything is marked as made up. The folder must be empty.";

inline constexpr char kCompletenessHelp[] =
    "A line per language: how many of the texts a person reads are written in it, whether somebody has read it\n"
    "over (`reviewed` in the file; without that key only the original counts), and where a text is missing.\n"
    "A language nobody has read over is offered to no respondent.";

inline constexpr char kCampaignHelp[] =
    "The server holds the data folder while it runs; use its pages then. Plain slip codes are printed\n"
    "once and stored nowhere. Counts before closing are rounded down to 5.";

inline constexpr char kPopulationHelp[] =
    "Weights of the campaign's own results will follow these counts: post-stratification for one table, raking\n"
    "where rows leave questions empty, so that there are several. Numbers of people only, never a person. What\n"
    "holds at closing is settled. Classes with too few respondents are joined with their neighbour.";

inline constexpr char kDrawHelp[] =
    "rank = SHA-256(\"khaosat-draw/1\\n\" title \"\\n\" psu \"\\n\" root \"\\n\" seed \"\\n\" person \"\\n\"), smallest\n"
    "first; root = SHA-256 of the frame's sorted lines \"psu<TAB>person\". Anybody with sha256sum and\n"
    "sort can draw again. Close the frame before the seed is known.";

inline constexpr char kAuditHelp[] =
    "Every entry of the journal carries a digest of all before it. verify computes them again, compares the\n"
    "register of facts with what the journal says was written, and reads every file of evidence an entry\n"
    "names. The first entry that does not fit is named, with exit code 6. Note the head down on paper from\n"
    "time to time: --head then finds a journal that was cut off or written anew.";

inline constexpr char kBackupHelp[] =
    "A copy holds the registry, one file of answers per campaign and a manifest with digests and\n"
    "counts. Keys are not part of it: without them a sealed inbox cannot be opened, with them it can,\n"
    "so keep --keys in another place, under another person's lock.";

inline constexpr char kExportHelp[] =
    "index passes the same protection as the pages. Microdata leave only by an act of two people: ask,\n"
    "approve, refuse and fetch each want the password of the account named, from standard input or\n"
    "--password-file, so one person at a keyboard cannot be both. A request waits 7 days, files can be\n"
    "fetched for 7 days by the two who acted. Answers of staff and raters are never exported, words\n"
    "neither. These four need the data folder while no server uses it.";

inline constexpr char kEstimateHelp[] =
    "Totals, means, ratios, shares and quantiles of the people a sample was drawn from, with standard error,\n"
    "degrees of freedom, interval and design effect. Numbers are written in full.\n"
    "\n"
    "Not protected: every figure comes out, however few people it rests on (below 5 it is noted as small_cell).\n"
    "Whoever runs this holds the answers themselves, so hiding a sum from them would protect nobody. Do not\n"
    "publish it: what may leave the office comes from index compute, the pages and exports.\n"
    "\n"
    "  khaosat estimate people.csv --spec \"mean income by commune\" --spec \"share q1=4|5 in sex=f minus sex=m\"\n"
    "  khaosat estimate apistrat.csv --column weight=pw --column stratum=stype --column psu_population=fpc --spec \"mean api00\"\n"
    "  khaosat estimate people.csv --spec @wanted.txt --lonely-psu average --format csv\n"
    "  khaosat estimate people.csv --spec \"quantile wait 0.5\" --replicates bootstrap --seed 7\n";

// These name columns, so they are put together from the readers themselves.
std::string index_help();
std::string estimate_help();
std::string awards_help();

}  // namespace khaosat::cli
