#include "server/services/jury/jury_json.h"

#include "base/definition_json.h"
#include "base/json_text.h"

namespace khaosat {

namespace {

// Members one after the other; values that are no text come ready.
class Members {
 public:
  Members& text(const char* name, const std::string& value) { return put(name, json_quoted(value)); }
  Members& put(const char* name, const std::string& json) {
    out_ += (out_.empty() ? "{\"" : ", \"") + std::string(name) + "\": " + json;
    return *this;
  }
  std::string str() const { return out_.empty() ? "{}" : out_ + "}"; }

 private:
  std::string out_;
};

template <typename T, typename Write>
std::string list(const std::vector<T>& items, Write write) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + write(item);
  return out + "]";
}

// Parses, hands the root over, and refuses what complained.
template <typename T, typename Take>
Result<T> read(const Record& record, Take take) {
  DefinitionFile parsed = parse_definition(record.kind, record.content);
  const DefinitionNode root = parsed.root();
  T value{};
  if (root.exists()) take(root, value);
  if (!root.exists() || !parsed.faults().empty()) return fail(ErrorCode::storage_failed, "a record of a jury cannot be read", record.kind + "/" + record.id);
  return value;
}

constexpr std::int64_t kLarge = std::int64_t{1} << 50;
constexpr std::size_t kLetters = 100'000;

}  // namespace

Result<SerialRecord> read_serial(const Record& record) {
  return read<SerialRecord>(record, [&](const DefinitionNode& root, SerialRecord& value) {
    value.serial = static_cast<std::size_t>(root.required_integer("serial", 0, kLarge));
    value.record = record;
  });
}

std::string case_to_json(const DecisionOrigin& origin, const JuryTerms& terms) {
  return Members()
      .text("rule_set", origin.rule_set).text("unit", origin.unit).put("year", std::to_string(origin.year))
      .put("reply_days", std::to_string(terms.reply_days)).put("needed_percent", std::to_string(terms.needed_percent)).text("base", terms.base)
      .put("members", list(terms.members, json_quoted)).text("source", terms.source).str();
}

std::string notice_to_json(const JuryNotice& notice, std::size_t serial) {
  return Members()
      .put("serial", std::to_string(serial)).text("person", notice.person).text("number", notice.number).text("day", notice.day)
      .text("due", notice.due).put("due_is_sure", notice.due_is_sure ? "true" : "false").str();
}

std::string code_to_json(const std::string& case_id, const std::string& last_day, std::size_t serial) {
  return Members().put("serial", std::to_string(serial)).text("case", case_id).text("last_day", last_day).str();
}

std::string reply_to_json(const JuryReply& reply, std::size_t serial) {
  return Members()
      .put("serial", std::to_string(serial)).text("notice", reply.notice).text("day", reply.day).put("entry", std::to_string(reply.entry))
      .put("by_person", reply.by_person ? "true" : "false").str();
}

std::string conflict_to_json(const JuryConflict& conflict, std::size_t serial) {
  return Members().put("serial", std::to_string(serial)).text("subject", conflict.subject).text("reason", conflict.reason).str();
}

std::string votes_to_json(const std::vector<JuryVote>& votes, std::size_t serial, const std::string& salt) {
  return Members()
      .put("serial", std::to_string(serial)).text("salt", salt)
      .put("votes", list(votes, [](const JuryVote& vote) {
             return Members().text("award", vote.award).text("subject", vote.subject).text("voice", std::string(name_of(vote.voice))).str();
           })).str();
}

std::string ruling_to_json(const JuryRuling& ruling) {
  return Members()
      .text("day", ruling.day).text("number", ruling.number).text("decided_by", ruling.decided_by)
      .put("results", list(ruling.results, [](const JuryResult& one) {
             return Members().text("award", one.award).text("subject", one.subject).put("awarded", one.awarded ? "true" : "false")
                 .text("grounds", one.grounds).text("achievement", one.achievement).put("counted_year", std::to_string(one.counted_year)).str();
           })).str();
}

Result<JuryCase> read_case(const Record& record) {
  return read<JuryCase>(record, [&](const DefinitionNode& root, JuryCase& one) {
    one.id = record.id;
    one.rule_set = root.required_text("rule_set");
    one.unit = root.required_text("unit");
    one.year = static_cast<int>(root.required_integer("year", 0, 9999));
    one.opened = vietnam_date(record.created);
    one.author = record.author;
    one.terms.reply_days = static_cast<int>(root.required_integer("reply_days", 1, 60));
    one.terms.needed_percent = static_cast<int>(root.required_integer("needed_percent", 1, 100));
    one.terms.base = root.required_text("base");
    one.terms.members = root.optional_texts("members");
    one.terms.source = root.optional_text("source");
  });
}

Result<JuryNotice> read_notice(const Record& record) {
  return read<JuryNotice>(record, [&](const DefinitionNode& root, JuryNotice& notice) {
    notice = {record.id, root.required_text("person"), root.optional_text("number"), root.required_text("day"), root.required_text("due"),
              root.optional_bool("due_is_sure", true), record.author};
  });
}

Result<CodeContent> read_code_record(const Record& record) {
  return read<CodeContent>(record, [&](const DefinitionNode& root, CodeContent& code) {
    code = {root.required_text("case"), root.required_text("last_day"), static_cast<std::size_t>(root.required_integer("serial", 0, kLarge))};
  });
}

Result<JuryReply> read_reply(const Record& record) {
  return read<JuryReply>(record, [&](const DefinitionNode& root, JuryReply& reply) {
    reply = {record.id, root.required_text("notice"), root.required_text("day"), root.required_integer("entry", 0, kLarge),
             root.optional_bool("by_person", false), record.author};
  });
}

Result<JuryConflict> read_conflict(const Record& record) {
  return read<JuryConflict>(record, [&](const DefinitionNode& root, JuryConflict& conflict) {
    conflict = {record.author, root.required_text("subject"), root.optional_text("reason", {}, kLetters)};
  });
}

Result<std::vector<JuryVote>> read_votes(const Record& record) {
  return read<std::vector<JuryVote>>(record, [&](const DefinitionNode& root, std::vector<JuryVote>& votes) {
    for (const auto& item : root.required_items("votes")) {
      votes.push_back({record.author, item.required_text("award"), item.required_text("subject"),
                       voice_named(item.required_text("voice")).value_or(Voice::abstain)});
    }
  });
}

Result<JuryRuling> read_ruling(const Record& record) {
  return read<JuryRuling>(record, [&](const DefinitionNode& root, JuryRuling& ruling) {
    ruling.day = root.required_text("day");
    ruling.number = root.required_text("number");
    ruling.decided_by = root.required_text("decided_by");
    ruling.author = record.author;
    for (const auto& item : root.required_items("results")) {
      ruling.results.push_back({item.required_text("award"), item.required_text("subject"), item.optional_bool("awarded", false),
                                item.optional_text("grounds", {}, kLetters), item.required_text("achievement"),
                                static_cast<int>(item.required_integer("counted_year", 0, 9999))});
    }
  });
}

}  // namespace khaosat
